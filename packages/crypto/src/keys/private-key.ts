import { CryptoError } from '../error.js';
import type { PublicKey } from './public-key.js';

/** Known to this module alone, so that a key can come from an import or a generation only. */
const construct = Symbol('construct');

/** @internal Wraps what a platform has imported. */
export let createPrivateKey: (publicKey: PublicKey, extractable: boolean, native: object) => PrivateKey;

/** @internal The platform's handle. @throws CryptoError `key_private_expected` if `key` is not a {@link PrivateKey} */
export let nativePrivateKey: (key: PrivateKey) => object;

/**
 * A P-256 private key: opaque and immutable. The secret sits in the runtime behind a private field, so inspecting,
 * cloning, printing or serialising the object shows the public key at most. Made by `importPrivateKey`,
 * `generateKeyPair` and their like, never by `new`.
 */
export class PrivateKey {
  readonly publicKey: PublicKey;
  /** Whether the `exportPrivate…` functions give the key away. */
  readonly extractable: boolean;
  readonly #native: object;

  static {
    createPrivateKey = (publicKey, extractable, native) => new PrivateKey(construct, publicKey, extractable, native);
    nativePrivateKey = (key) => {
      if (!PrivateKey.#is(key)) throw new CryptoError('key_private_expected', 'a PrivateKey is expected');
      return key.#native;
    };
  }

  private constructor(token: symbol, publicKey: PublicKey, extractable: boolean, native: object) {
    if (token !== construct) throw new TypeError('Illegal constructor: import or generate keys instead');
    this.publicKey = publicKey;
    this.extractable = extractable;
    this.#native = native;
    Object.freeze(this);
  }

  // Tells real keys from objects that merely inherit from the prototype.
  static #is(value: unknown): value is PrivateKey {
    return typeof value === 'object' && value !== null && #native in value;
  }
}

/** A key and its public half. */
export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}
