import { encodeUtf8 } from '../../encoding/index.js';
import { CryptoError } from '../../error.js';
import type { KeyPoint, KeySecret } from '../../jwk/components.js';
import { checkExtractable, notMatching } from '../../keys/faults.js';
import { createPrivateKey, PrivateKey } from '../../keys/private-key.js';
import type { KeyPair } from '../../keys/private-key.js';
import type { PublicKey } from '../../keys/public-key.js';
import { checkCryptoKey, decodePrivate } from '../../keys/source.js';
import type { GenerateOptions, ImportPrivateKeyOptions, PrivateKeySource } from '../../keys/source.js';
import { decodePkcs8, encodePkcs8 } from '../../pkcs8/pkcs8.js';
import { privateHandle, publicHandle } from './handle.js';
import { pointOfCryptoKey, publicKeyFromPoint } from './import-public.js';
import { bufferSource, KEY_ALGORITHM, SIGNATURE_ALGORITHM, subtle } from './subtle.js';

/** What the trial signature covers: text that no protocol signs. */
const TRIAL = 'trial signature of a key import; it proves nothing';

/** Web Crypto has no way to derive a public key, but a signature made with one half and verified with the other. */
async function checkPair(key: CryptoKey, publicKey: PublicKey): Promise<void> {
  const data = bufferSource(encodeUtf8(TRIAL));
  const signature = await subtle().sign(SIGNATURE_ALGORITHM, key, data);
  if (!(await subtle().verify(SIGNATURE_ALGORITHM, publicHandle(publicKey), signature, data))) throw notMatching();
}

async function importSecret(secret: KeySecret, extractable: boolean): Promise<CryptoKey> {
  const webCrypto = subtle();
  const der = encodePkcs8(secret);
  try {
    return await webCrypto.importKey('pkcs8', der, KEY_ALGORITHM, extractable, ['sign']);
  } catch {
    // The scalar is in range and the point on the curve by now, so the two do not fit, or this runtime wants the point.
    throw secret.point === undefined
      ? new CryptoError('key_malformed', 'this runtime does not import a private key that lacks its public key')
      : notMatching();
  } finally {
    der.fill(0);
  }
}

async function pointOf(secret: KeySecret): Promise<KeyPoint> {
  return secret.point ?? pointOfCryptoKey(await importSecret(secret, true));
}

async function fromSecret(secret: KeySecret, extractable: boolean): Promise<PrivateKey> {
  const point = await pointOf(secret);
  const publicKey = await publicKeyFromPoint(point);
  const key = await importSecret({ d: secret.d, point }, extractable);
  secret.d.fill(0);
  await checkPair(key, publicKey);
  return createPrivateKey(publicKey, extractable, key);
}

async function fromCryptoKey(key: CryptoKey, options: ImportPrivateKeyOptions): Promise<PrivateKey> {
  checkCryptoKey(key, 'private');
  const { extractable, publicKey } = options;
  checkExtractable(key.extractable, extractable);
  if (key.extractable) return fromSecret(await exportSecret(key), extractable ?? false);
  if (publicKey === undefined) {
    throw new CryptoError('key_not_extractable', 'a non-extractable CryptoKey needs its public key in the options');
  }
  await checkPair(key, publicKey);
  return createPrivateKey(publicKey, false, key);
}

/** The scalar of an extractable key. */
export async function exportSecret(key: CryptoKey): Promise<KeySecret> {
  const der = new Uint8Array(await subtle().exportKey('pkcs8', key));
  const secret = decodePkcs8(der);
  der.fill(0);
  return secret;
}

async function importSource(source: PrivateKeySource, options: ImportPrivateKeyOptions): Promise<PrivateKey> {
  const { extractable } = options;
  if (source instanceof PrivateKey) {
    const key = privateHandle(source);
    return (extractable ?? source.extractable) === source.extractable ? source : fromCryptoKey(key, options);
  }
  if (source instanceof CryptoKey) return fromCryptoKey(source, options);
  return fromSecret(decodePrivate(source), extractable ?? false);
}

/**
 * Imports a private key: a JWK, PKCS#8 as PEM or DER, SEC 1 (`EC PRIVATE KEY`) as PEM, a `CryptoKey`. On return the
 * scalar is in range and the public key is the one that belongs to it. Unless asked otherwise the result is extractable
 * on Node, and not extractable in browsers.
 *
 * Rejects with CryptoError `key_malformed` | `key_wrong_type` | `key_private_expected` (a public key) |
 * `key_not_on_curve` | `key_not_extractable`.
 */
export async function importPrivateKey(
  source: PrivateKeySource,
  options: ImportPrivateKeyOptions = {},
): Promise<PrivateKey> {
  // Read once: the object may change during the awaits.
  const fixed = { ...options };
  if (fixed.publicKey !== undefined) publicHandle(fixed.publicKey);
  const key = await importSource(source, fixed);
  if (fixed.publicKey !== undefined && fixed.publicKey.thumbprint !== key.publicKey.thumbprint) throw notMatching();
  return key;
}

/** Generates a P-256 key pair. Unless asked otherwise it is extractable on Node, and not extractable in browsers. */
export async function generateKeyPair(options: GenerateOptions = {}): Promise<KeyPair> {
  const extractable = options.extractable ?? false;
  const pair = await subtle().generateKey(KEY_ALGORITHM, extractable, ['sign', 'verify']);
  const publicKey = await publicKeyFromPoint(await pointOfCryptoKey(pair.publicKey));
  return { publicKey, privateKey: createPrivateKey(publicKey, extractable, pair.privateKey) };
}
