import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';

/** A key that signs and tells its public half: an opaque `PrivateKey` that cannot be exported, or a `Signer` whose key lives elsewhere. */
export type SigningKey = (PrivateKey | Signer) & { readonly publicKey: PublicKey };

/** Where an authority's private keys live. It hands out the ability to sign, never a private key's bytes. */
export interface KeyCustody {
  /** What keeps the keys, for logs and diagnostics. */
  readonly kind: 'encrypted-file' | 'pkcs11' | 'signers';

  /** The names of all keys held, sorted. */
  names(): Promise<readonly string[]>;

  /** Throws `CustodyError` `custody_key_missing`, and whatever else keeps the key from being used. */
  load(name: string): Promise<SigningKey>;

  /**
   * Makes a new P-256 key, which is durable when this resolves.
   *
   * Throws `CustodyError` `custody_key_exists` where the name is taken, also by another process in the same moment.
   */
  create(name: string): Promise<SigningKey>;

  /** Destroys a key for good. Throws `CustodyError` `custody_key_missing`. */
  remove(name: string): Promise<void>;

  /** Lets go of secrets and connections; nothing else may be called afterwards. */
  close(): Promise<void>;
}

const KEY_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Whether a key may have this name: a lower-case letter, then up to 62 lower-case letters, digits and hyphens. A name is also a file's. */
export function isKeyName(name: unknown): name is string {
  return typeof name === 'string' && KEY_NAME.test(name);
}
