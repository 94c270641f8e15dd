import * as crypto from 'node:crypto';
import { encodeBase64Url } from '../../encoding/index.js';
import type { KeyPoint } from '../../jwk/components.js';
import { readPublicJwk, toPublicJwk } from '../../jwk/read.js';
import { thumbprintInput } from '../../jwk/thumbprint.js';
import type { PublicJwk } from '../../jwk/types.js';
import { notOnCurve } from '../../keys/faults.js';
import { createPublicKey, PublicKey } from '../../keys/public-key.js';
import { checkCryptoKey, decodePublic } from '../../keys/source.js';
import type { PublicKeySource } from '../../keys/source.js';
import { publicHandle } from './handle.js';
import { sha256Sync } from './hash.js';
import { promised } from './promised.js';

function thumbprintOf(jwk: PublicJwk): string {
  return encodeBase64Url(sha256Sync(thumbprintInput(jwk)));
}

/** @throws CryptoError `key_not_on_curve` */
export function publicKeyFromPoint(point: KeyPoint): PublicKey {
  const jwk = toPublicJwk(point);
  let key: crypto.KeyObject;
  try {
    key = crypto.createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    // The form was checked before: what OpenSSL still refuses is a point off the curve, or a coordinate beyond p.
    throw notOnCurve();
  }
  return createPublicKey(jwk, thumbprintOf(jwk), key);
}

/**
 * Imports a public key: a JWK, SPKI as PEM or DER, a `CryptoKey`. On return it is a point on P-256.
 *
 * @throws CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected` (a private key) | `key_not_on_curve`
 */
export function importPublicKeySync(source: PublicKeySource): PublicKey {
  if (source instanceof PublicKey) {
    publicHandle(source);
    return source;
  }
  if (source instanceof CryptoKey) {
    checkCryptoKey(source, 'public');
    return publicKeyFromPoint(readPublicJwk(crypto.KeyObject.from(source).export({ format: 'jwk' })));
  }
  return publicKeyFromPoint(decodePublic(source));
}

/**
 * Imports a public key: a JWK, SPKI as PEM or DER, a `CryptoKey`. On return it is a point on P-256.
 *
 * Rejects with CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected` (a private key) |
 * `key_not_on_curve`.
 */
export function importPublicKey(source: PublicKeySource): Promise<PublicKey> {
  return promised(() => importPublicKeySync(source));
}

/** The SHA-256 thumbprint of a JWK (RFC 7638), base64url. @throws CryptoError as {@link importPublicKeySync} does */
export function thumbprintSync(jwk: PublicJwk): string {
  return thumbprintOf(toPublicJwk(readPublicJwk(jwk)));
}

/**
 * The SHA-256 thumbprint of a public JWK (RFC 7638), base64url without padding. The form is checked; whether the point
 * lies on the curve is not.
 *
 * Rejects with CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected`.
 */
export function thumbprint(jwk: PublicJwk): Promise<string> {
  return promised(() => thumbprintSync(jwk));
}
