import { isSigner } from '@mcps/crypto';
import type { JwkInput, PrivateKey, PublicJwk, PublicKey, Signer } from '@mcps/crypto';
import {
  exportPrivatePemSync,
  exportPublicJwkSync,
  exportPublicPemSync,
  generateKeyPairSync,
  importPrivateKeySync,
  importPublicKeySync,
} from '@mcps/crypto/node';
import { ConfigurationError } from '@mcps/protocol';

/** A P-256 key pair as PEM texts. */
export interface KeyPairPem {
  /** SPKI. */
  readonly publicKey: string;
  /** PKCS#8. A secret. */
  readonly privateKey: string;
}

/** A public key: SPKI PEM, a JWK, or a key that `@mcps/crypto` has imported. */
export type PublicKeyInput = string | JwkInput | PublicKey;

/** A private key in this process: PKCS#8 or SEC 1 PEM, a JWK, or a key that `@mcps/crypto` has imported. */
export type PrivateKeyInput = string | JwkInput | PrivateKey;

/** A new P-256 key pair, as PEM texts. */
export function generateKeyPair(): KeyPairPem {
  const { publicKey, privateKey } = generateKeyPairSync();
  return { publicKey: exportPublicPemSync(publicKey), privateKey: exportPrivatePemSync(privateKey) };
}

/** The JWK `{kty, crv, x, y}` of a public key, as passports hold it. Throws `CryptoError` for anything but a P-256 public key. */
export function publicKeyToJWK(publicKey: PublicKeyInput): PublicJwk {
  return exportPublicJwkSync(publicKeyOf(publicKey));
}

/** Throws `CryptoError` for anything but a P-256 public key. */
export function publicKeyOf(publicKey: PublicKeyInput): PublicKey {
  return importPublicKeySync(publicKey);
}

/** Throws `ConfigurationError` `option_missing` where there is none, and `CryptoError` for anything but a P-256 private key. No message quotes it. */
function privateKeyOf(privateKey: PrivateKeyInput | null | undefined): PrivateKey {
  if (privateKey === undefined || privateKey === null || privateKey === '') {
    throw new ConfigurationError('option_missing', 'The private key is missing: give a PEM text, a JWK or a signer.');
  }
  return importPrivateKeySync(privateKey);
}

/** Signs at once with a key of this process, and asynchronously with one that lives elsewhere. */
export function signWith<T>(
  key: PrivateKeyInput | Signer,
  local: (key: PrivateKey) => T,
  remote: (signer: Signer) => Promise<T>,
): T | Promise<T> {
  return isSigner(key) ? remote(key) : local(privateKeyOf(key));
}
