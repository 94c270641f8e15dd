import { isBytes } from '../bytes.js';
import { CryptoError } from '../error.js';
import type { KeyPoint, KeySecret } from '../jwk/components.js';
import { readPrivateJwk, readPublicJwk } from '../jwk/read.js';
import type { JwkInput } from '../jwk/types.js';
import { decodePkcs8, decodePrivatePem } from '../pkcs8/pkcs8.js';
import { decodeSpki, decodeSpkiPem } from '../spki/spki.js';
import { PrivateKey } from './private-key.js';
import { PublicKey } from './public-key.js';

/** The part of Web Crypto's `CryptoKey` this package reads, so that its types need neither the DOM's nor Node's. */
export interface CryptoKeyLike {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/** JWK, SPKI as PEM text or DER bytes, a `CryptoKey`, or a key already imported. */
export type PublicKeySource = JwkInput | string | Uint8Array | CryptoKeyLike | PublicKey;

/** JWK, PKCS#8 as PEM text or DER bytes, SEC 1 as PEM text, a `CryptoKey`, or a key already imported. */
export type PrivateKeySource = JwkInput | string | Uint8Array | CryptoKeyLike | PrivateKey;

export interface GenerateOptions {
  /** Whether the private key can be exported. Default: true on Node, false in browsers. */
  readonly extractable?: boolean;
}

export interface ImportPrivateKeyOptions extends GenerateOptions {
  /**
   * The public key that must belong to the private one. Needed only for a non-extractable `CryptoKey` in browsers,
   * which does not tell its public half.
   */
  readonly publicKey?: PublicKey;
}

/** The point of a JWK, PEM or DER. @throws CryptoError as `importPublicKey` does */
export function decodePublic(source: unknown): KeyPoint {
  if (typeof source === 'string') return decodeSpkiPem(source);
  if (isBytes(source)) return decodeSpki(source);
  if (source instanceof PrivateKey) {
    throw new CryptoError('key_public_expected', 'a PrivateKey was given where a public key is expected');
  }
  return readPublicJwk(source);
}

/** The scalar, and the point where it is named, of a JWK, PEM or DER. @throws CryptoError as `importPrivateKey` does */
export function decodePrivate(source: unknown): KeySecret {
  if (typeof source === 'string') return decodePrivatePem(source);
  if (isBytes(source)) return decodePkcs8(source);
  if (source instanceof PublicKey) {
    throw new CryptoError('key_private_expected', 'a PublicKey was given where a private key is expected');
  }
  return readPrivateJwk(source);
}

/** @throws CryptoError `key_wrong_type` | `key_public_expected` | `key_private_expected` */
export function checkCryptoKey(key: CryptoKey, type: 'public' | 'private'): void {
  const algorithm: { name: string; namedCurve?: unknown } = key.algorithm;
  if (algorithm.name !== 'ECDSA' || algorithm.namedCurve !== 'P-256') {
    throw new CryptoError('key_wrong_type', 'the CryptoKey is not an ECDSA key on P-256');
  }
  if (key.type !== type) {
    throw new CryptoError(`key_${type}_expected`, `the CryptoKey is not a ${type} key`);
  }
  if (!key.usages.includes(type === 'public' ? 'verify' : 'sign')) {
    throw new CryptoError('key_wrong_type', 'the usages of the CryptoKey do not allow signatures');
  }
}
