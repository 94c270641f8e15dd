import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, scrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeBase64Url, encodeBase64Url } from '@mcps/crypto';
import { CustodyError } from '../custody-error.js';
import type { KeyFile, KeyFileHeader, ScryptCost } from './key-file.js';
import { NONCE_BYTES, TAG_BYTES, additionalData } from './key-file.js';

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** What encrypts key files: an AES-256 key and what it was derived with. */
export interface KeyEncryptionKey {
  readonly kdf: KeyFileHeader['kdf'];
  readonly key: KeyObject;
}

/** The parameters of a key that has not been derived before. */
export function newDerivation(cost: ScryptCost): KeyFileHeader['kdf'] {
  return { name: 'scrypt', n: cost.n, r: cost.r, p: cost.p, salt: encodeBase64Url(randomBytes(SALT_BYTES)) };
}

/** Derives the AES-256 key of a passphrase with scrypt (RFC 7914), off the main thread. The cost has been checked before. */
export function deriveKey(passphrase: Uint8Array, kdf: KeyFileHeader['kdf']): Promise<KeyEncryptionKey> {
  const { n: N, r, p } = kdf;
  // OpenSSL counts the blocks of `p` and some change besides the 128 · N · r bytes.
  const maxmem = 128 * N * r + 128 * r * p + 2 ** 20;
  return new Promise((resolve, reject) => {
    scrypt(passphrase, decodeBase64Url(kdf.salt), KEY_BYTES, { N, r, p, maxmem }, (error, derived) => {
      if (error !== null) return reject(error);
      const key = createSecretKey(derived);
      derived.fill(0);
      resolve({ kdf, key });
    });
  });
}

/** Encrypts the PKCS#8 DER of a private key, bound to all that the header says. */
export function seal(
  draft: Omit<KeyFileHeader, 'kdf' | 'cipher'>,
  pkcs8: Uint8Array,
  { kdf, key }: KeyEncryptionKey,
): KeyFile {
  const nonce = randomBytes(NONCE_BYTES);
  const header: KeyFileHeader = { ...draft, kdf, cipher: { name: 'aes-256-gcm', nonce: encodeBase64Url(nonce) } };
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(header));
  const ciphertext = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  return { header, ciphertext };
}

/**
 * Decrypts a key file. On return the file is as it was written by whoever knew the passphrase. The caller overwrites the result when done.
 *
 * Throws `CustodyError` `custody_passphrase_wrong`.
 */
export function unseal({ header, ciphertext }: KeyFile, { key }: KeyEncryptionKey): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, decodeBase64Url(header.cipher.nonce), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(header));
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
  const plain = decipher.update(ciphertext.subarray(0, -TAG_BYTES));
  try {
    // In this mode `final` only checks the tag: all of the text is in `plain`.
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    throw new CustodyError(
      'custody_passphrase_wrong',
      `The passphrase does not open the key "${header.name}", or its file was changed.`,
    );
  }
}
