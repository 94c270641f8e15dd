import { encodeBase64Url } from '../../encoding/index.js';
import type { KeyPoint } from '../../jwk/components.js';
import { readPublicJwk, toPublicJwk } from '../../jwk/read.js';
import { thumbprintInput } from '../../jwk/thumbprint.js';
import type { PublicJwk } from '../../jwk/types.js';
import { notExtractable, notOnCurve } from '../../keys/faults.js';
import { createPublicKey, PublicKey } from '../../keys/public-key.js';
import { checkCryptoKey, decodePublic } from '../../keys/source.js';
import type { PublicKeySource } from '../../keys/source.js';
import { publicHandle } from './handle.js';
import { sha256 } from './hash.js';
import { KEY_ALGORITHM, subtle } from './subtle.js';

async function thumbprintOf(jwk: PublicJwk): Promise<string> {
  return encodeBase64Url(await sha256(thumbprintInput(jwk)));
}

/** @throws CryptoError `key_not_on_curve` */
export async function publicKeyFromPoint(point: KeyPoint): Promise<PublicKey> {
  const webCrypto = subtle();
  const jwk = toPublicJwk(point);
  let key: CryptoKey;
  try {
    key = await webCrypto.importKey('jwk', { ...jwk }, KEY_ALGORITHM, true, ['verify']);
  } catch {
    // The form was checked before: what the runtime still refuses is a point off the curve, or a coordinate beyond p.
    throw notOnCurve();
  }
  return createPublicKey(jwk, await thumbprintOf(jwk), key);
}

/** The point of a CryptoKey's public half. */
export async function pointOfCryptoKey(key: CryptoKey): Promise<KeyPoint> {
  const { kty, crv, x, y } = await subtle().exportKey('jwk', key);
  return readPublicJwk({ kty, crv, x, y });
}

/**
 * Imports a public key: a JWK, SPKI as PEM or DER, a `CryptoKey`. On return it is a point on P-256.
 *
 * Rejects with CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected` (a private key) |
 * `key_not_on_curve` | `key_not_extractable` (a public `CryptoKey` that cannot be exported).
 */
export async function importPublicKey(source: PublicKeySource): Promise<PublicKey> {
  if (source instanceof PublicKey) {
    publicHandle(source);
    return source;
  }
  if (source instanceof CryptoKey) {
    checkCryptoKey(source, 'public');
    if (!source.extractable) throw notExtractable();
    return publicKeyFromPoint(await pointOfCryptoKey(source));
  }
  return publicKeyFromPoint(decodePublic(source));
}

/**
 * The SHA-256 thumbprint of a public JWK (RFC 7638), base64url without padding. The form is checked; whether the point
 * lies on the curve is not.
 *
 * Rejects with CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected`.
 */
export async function thumbprint(jwk: PublicJwk): Promise<string> {
  return thumbprintOf(toPublicJwk(readPublicJwk(jwk)));
}
