import { createPrivateKey } from 'node:crypto';
import { exportPrivatePem, importPrivateKey, parseJson } from '@mcps/crypto';
import type { PrivateJwk, PrivateKey } from '@mcps/crypto';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { isObject } from '../files/read-input.js';
import { readSecretFile } from '../files/secret-file.js';
import { readPassphrase } from './passphrase.js';
import type { PassphraseSource } from './passphrase.js';

const ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----';

/** Whether a key in PEM is encrypted with a passphrase (RFC 5958). */
function isEncrypted(pem: string): boolean {
  return pem.includes(ENCRYPTED);
}

/**
 * A private key in PEM, encrypted where a passphrase is given: PKCS#8 with PBES2 (RFC 8018), AES-256-CBC.
 *
 * @throws CryptoError for a key that cannot be exported.
 */
export async function privateKeyPem(key: PrivateKey, passphrase: string | undefined): Promise<string> {
  const pem = await exportPrivatePem(key);
  if (passphrase === undefined) return pem;
  const encrypted = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  return encrypted.toString();
}

/**
 * Reads a private key file: PEM, encrypted or not, or a JWK.
 *
 * @throws UsageError for a file that is open to others; CliError `key` for a wrong passphrase or what is no key.
 */
export async function readPrivateKey(path: string, source: PassphraseSource): Promise<PrivateKey> {
  return importKey(await decrypted((await readSecretFile(path, 'private key')).trim(), source));
}

/**
 * The key in the form that everything else takes: what was encrypted is decrypted, in memory alone.
 *
 * @throws CliError `key` for a wrong passphrase.
 */
export async function decrypted(text: string, source: PassphraseSource): Promise<string> {
  if (!isEncrypted(text)) return text;
  const passphrase = await readPassphrase(source);
  try {
    return createPrivateKey({ key: text, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    // The runtime's own words tell of its insides, and nothing that helps.
    throw new CliError('key', 'The private key cannot be decrypted with this passphrase.', {
      reason: 'passphrase_wrong',
      nextStep: 'Check the passphrase, and that the file is whole.',
      exitCode: EXIT.refused,
    });
  }
}

/**
 * @param key PKCS#8 or SEC 1 PEM, or a JWK as an object or text
 * @throws CliError `key`
 */
export async function importKey(key: string | PrivateJwk): Promise<PrivateKey> {
  try {
    return await importPrivateKey(typeof key === 'string' && key.startsWith('{') ? jwkOf(key) : key);
  } catch (error) {
    throw new CliError('key', 'The private key is neither PEM nor a JWK of the curve P-256.', {
      reason: 'key_malformed',
      nextStep: 'Make one with "mcps keygen".',
      exitCode: EXIT.refused,
      cause: error,
    });
  }
}

function jwkOf(text: string): PrivateJwk {
  const value = parseJson(text);
  if (isObject(value) && typeof value['kty'] === 'string') return value as JsonJwk;
  throw new TypeError('no JWK');
}

/** Enough to hand it on: the importer checks every member. */
type JsonJwk = PrivateJwk & Record<string, unknown>;
