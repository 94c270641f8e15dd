import { concat, P256_ALGORITHM, pointBits, readAlgorithm, readPoint } from '../asn1/algorithm.js';
import { DerReader, TAG } from '../asn1/reader.js';
import { CryptoError } from '../error.js';
import type { KeyPoint } from '../jwk/components.js';
import { decodePem, encodePem } from '../pem/pem.js';

const LABEL = 'PUBLIC KEY';

/**
 * The point of a `SubjectPublicKeyInfo` (RFC 5480 section 2) in DER.
 *
 * @throws CryptoError `key_malformed` | `key_wrong_type` | `key_public_expected` (a PKCS#8 or SEC 1 private key)
 */
export function decodeSpki(der: Uint8Array): KeyPoint {
  const outer = new DerReader(der, 'key_malformed');
  const info = outer.enter(TAG.sequence);
  outer.end();
  // A private key's outermost sequence starts with its version, a public key's with its algorithm.
  if (info.nextTag === TAG.integer) {
    throw new CryptoError('key_public_expected', 'a private key was given where a public key is expected');
  }
  readAlgorithm(info);
  const point = readPoint(info);
  info.end();
  return point;
}

/** @throws CryptoError as {@link decodeSpki} does */
export function decodeSpkiPem(pem: string): KeyPoint {
  const { label, der } = decodePem(pem);
  if (label === LABEL) return decodeSpki(der);
  if (label.endsWith('PRIVATE KEY')) {
    throw new CryptoError('key_public_expected', 'a private key was given where a public key is expected');
  }
  throw new CryptoError('key_wrong_type', 'the PEM block is not a "PUBLIC KEY"');
}

/** `SubjectPublicKeyInfo` in DER, 91 bytes. */
export function encodeSpki(point: KeyPoint): Uint8Array {
  return concat(Uint8Array.of(TAG.sequence, 89), P256_ALGORITHM, pointBits(point));
}

export function encodeSpkiPem(point: KeyPoint): string {
  return encodePem(LABEL, encodeSpki(point));
}
