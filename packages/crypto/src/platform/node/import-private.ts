import * as crypto from 'node:crypto';
import type { KeyPoint, KeySecret } from '../../jwk/components.js';
import { readPublicJwk } from '../../jwk/read.js';
import { checkExtractable, notMatching } from '../../keys/faults.js';
import { createPrivateKey, PrivateKey } from '../../keys/private-key.js';
import type { KeyPair } from '../../keys/private-key.js';
import type { PublicKey } from '../../keys/public-key.js';
import { checkCryptoKey, decodePrivate } from '../../keys/source.js';
import type { GenerateOptions, ImportPrivateKeyOptions, PrivateKeySource } from '../../keys/source.js';
import { decodePkcs8, encodePkcs8 } from '../../pkcs8/pkcs8.js';
import { privateHandle, publicHandle } from './handle.js';
import { publicKeyFromPoint } from './import-public.js';
import { promised } from './promised.js';

/** The public point that belongs to a scalar. */
function derivePoint(d: Uint8Array): KeyPoint {
  const ecdh = crypto.createECDH('prime256v1');
  ecdh.setPrivateKey(d);
  const uncompressed = ecdh.getPublicKey();
  return { x: uncompressed.subarray(1, 33), y: uncompressed.subarray(33) };
}

function fromSecret(secret: KeySecret, extractable: boolean): PrivateKey {
  const publicKey = publicKeyFromPoint(derivePoint(secret.d));
  // OpenSSL takes any point on the curve beside a scalar. Imported first, so that one off the curve is called that.
  if (secret.point !== undefined && publicKeyFromPoint(secret.point).thumbprint !== publicKey.thumbprint) {
    throw notMatching();
  }
  const der = encodePkcs8(secret);
  const key = crypto.createPrivateKey({ key: Buffer.from(der.buffer), format: 'der', type: 'pkcs8' });
  der.fill(0);
  secret.d.fill(0);
  return createPrivateKey(publicKey, extractable, key);
}

function importSource(source: PrivateKeySource, extractable: boolean | undefined): PrivateKey {
  if (source instanceof PrivateKey) {
    const handle = privateHandle(source);
    checkExtractable(source.extractable, extractable);
    const wanted = extractable ?? source.extractable;
    return wanted === source.extractable ? source : createPrivateKey(source.publicKey, wanted, handle);
  }
  if (source instanceof CryptoKey) {
    checkCryptoKey(source, 'private');
    checkExtractable(source.extractable, extractable);
    const der = crypto.KeyObject.from(source).export({ format: 'der', type: 'pkcs8' });
    const key = fromSecret(decodePkcs8(der), extractable ?? source.extractable);
    der.fill(0);
    return key;
  }
  return fromSecret(decodePrivate(source), extractable ?? true);
}

/**
 * Imports a private key: a JWK, PKCS#8 as PEM or DER, SEC 1 (`EC PRIVATE KEY`) as PEM, a `CryptoKey`. On return the
 * scalar is in range and the public key is the one that belongs to it. Extractable unless asked otherwise.
 *
 * @throws CryptoError `key_malformed` | `key_wrong_type` | `key_private_expected` (a public key) | `key_not_on_curve` |
 *   `key_not_extractable` (`extractable: true` for a key that is not)
 */
export function importPrivateKeySync(source: PrivateKeySource, options: ImportPrivateKeyOptions = {}): PrivateKey {
  const key = importSource(source, options.extractable);
  if (options.publicKey !== undefined) {
    publicHandle(options.publicKey);
    if (options.publicKey.thumbprint !== key.publicKey.thumbprint) throw notMatching();
  }
  return key;
}

/**
 * Imports a private key: a JWK, PKCS#8 as PEM or DER, SEC 1 (`EC PRIVATE KEY`) as PEM, a `CryptoKey`. On return the
 * scalar is in range and the public key is the one that belongs to it. Unless asked otherwise the result is extractable
 * on Node, and not extractable in browsers.
 *
 * Rejects with CryptoError `key_malformed` | `key_wrong_type` | `key_private_expected` (a public key) |
 * `key_not_on_curve` | `key_not_extractable`.
 */
export function importPrivateKey(source: PrivateKeySource, options: ImportPrivateKeyOptions = {}): Promise<PrivateKey> {
  return promised(() => importPrivateKeySync(source, options));
}

/** Generates a P-256 key pair, extractable unless asked otherwise. */
export function generateKeyPairSync(options: GenerateOptions = {}): KeyPair {
  const pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey: PublicKey = publicKeyFromPoint(readPublicJwk(pair.publicKey.export({ format: 'jwk' })));
  const privateKey = createPrivateKey(publicKey, options.extractable ?? true, pair.privateKey);
  return { publicKey, privateKey };
}

/** Generates a P-256 key pair. Unless asked otherwise it is extractable on Node, and not extractable in browsers. */
export function generateKeyPair(options: GenerateOptions = {}): Promise<KeyPair> {
  return promised(() => generateKeyPairSync(options));
}
