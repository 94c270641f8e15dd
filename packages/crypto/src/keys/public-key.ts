import { CryptoError } from '../error.js';
import type { PublicJwk } from '../jwk/types.js';

/** Known to this module alone, so that a key can come from an import or a generation only. */
const construct = Symbol('construct');

/** @internal Wraps what a platform has imported. */
export let createPublicKey: (jwk: PublicJwk, thumbprint: string, native: object) => PublicKey;

/** @internal The platform's handle. @throws CryptoError `key_public_expected` if `key` is not a {@link PublicKey} */
export let nativePublicKey: (key: PublicKey) => object;

/**
 * A P-256 public key: parsed, found to be on the curve, immutable. Made by `importPublicKey`, `generateKeyPair` and
 * their like, never by `new`.
 */
export class PublicKey {
  /** The key as a JWK with the members kty, crv, x and y; frozen. */
  readonly jwk: PublicJwk;
  /** SHA-256 thumbprint of the JWK (RFC 7638), base64url without padding: 43 characters. */
  readonly thumbprint: string;
  readonly #native: object;

  static {
    createPublicKey = (jwk, thumbprint, native) => new PublicKey(construct, jwk, thumbprint, native);
    nativePublicKey = (key) => {
      if (!PublicKey.#is(key)) throw new CryptoError('key_public_expected', 'a PublicKey is expected');
      return key.#native;
    };
  }

  private constructor(token: symbol, jwk: PublicJwk, thumbprint: string, native: object) {
    if (token !== construct) throw new TypeError('Illegal constructor: import or generate keys instead');
    this.jwk = jwk;
    this.thumbprint = thumbprint;
    this.#native = native;
    Object.freeze(this);
  }

  // Tells real keys from objects that merely inherit from the prototype.
  static #is(value: unknown): value is PublicKey {
    return typeof value === 'object' && value !== null && #native in value;
  }
}
