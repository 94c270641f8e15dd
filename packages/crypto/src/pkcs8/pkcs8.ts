import { concat, P256_ALGORITHM, pointBits, readAlgorithm } from '../asn1/algorithm.js';
import { DerReader, TAG } from '../asn1/reader.js';
import { SCALAR_BYTES } from '../ecdsa/order.js';
import { CryptoError } from '../error.js';
import type { KeySecret } from '../jwk/components.js';
import { decodePem, encodePem } from '../pem/pem.js';
import { decodeSec1 } from './sec1.js';

const LABEL = 'PRIVATE KEY';
const VERSION = 0;

/**
 * The scalar, and the point if present, of a `PrivateKeyInfo` (PKCS#8, RFC 5208 section 5) in DER. Attributes are
 * skipped. The scalar is in range on return; that it belongs to the point is left to the import.
 *
 * @throws CryptoError `key_malformed` | `key_wrong_type` | `key_private_expected` (a public key)
 */
export function decodePkcs8(der: Uint8Array): KeySecret {
  const outer = new DerReader(der, 'key_malformed');
  const info = outer.enter(TAG.sequence);
  outer.end();
  if (info.nextTag === TAG.sequence) {
    throw new CryptoError('key_private_expected', 'a public key was given where a private key is expected');
  }
  const version = info.readUnsigned();
  if (version.length !== 1 || version[0] !== VERSION) {
    throw new CryptoError('key_malformed', 'the PKCS#8 key has an unknown version');
  }
  readAlgorithm(info);
  const key = info.read(TAG.octetString);
  if (info.nextTag === TAG.context0) info.read(TAG.context0);
  info.end();
  return decodeSec1(key, 'optional');
}

/** Reads PKCS#8 (`PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`) PEM. @throws CryptoError as {@link decodePkcs8} does */
export function decodePrivatePem(pem: string): KeySecret {
  const { label, der } = decodePem(pem);
  if (label === LABEL) return decodePkcs8(der);
  if (label === 'EC PRIVATE KEY') return decodeSec1(der, 'required');
  if (label === 'PUBLIC KEY') {
    throw new CryptoError('key_private_expected', 'a public key was given where a private key is expected');
  }
  throw new CryptoError('key_wrong_type', 'the PEM block is not a "PRIVATE KEY" or "EC PRIVATE KEY"');
}

/**
 * `PrivateKeyInfo` in DER: 138 bytes with the point, 67 without. A P-256 key has one length throughout, so the lengths
 * are written out, and the scalar is copied nowhere but into the result.
 */
export function encodePkcs8({ d, point }: KeySecret): Uint8Array<ArrayBuffer> {
  const version = [TAG.integer, 1, VERSION];
  const sec1Version = [TAG.integer, 1, 1];
  if (point === undefined) {
    const head = Uint8Array.of(TAG.sequence, 65, ...version, ...P256_ALGORITHM, TAG.octetString, 39);
    return concat(head, Uint8Array.of(TAG.sequence, 37, ...sec1Version, TAG.octetString, SCALAR_BYTES), d);
  }
  const head = Uint8Array.of(TAG.sequence, 0x81, 135, ...version, ...P256_ALGORITHM, TAG.octetString, 109);
  const key = Uint8Array.of(TAG.sequence, 107, ...sec1Version, TAG.octetString, SCALAR_BYTES);
  return concat(head, key, d, Uint8Array.of(TAG.context1, 68), pointBits(point));
}

export function encodePkcs8Pem(secret: KeySecret): string {
  return encodePem(LABEL, encodePkcs8(secret));
}
