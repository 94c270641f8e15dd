import { CryptoError } from '../error.js';
import type { KeyPoint } from '../jwk/components.js';
import { TAG } from './reader.js';
import type { DerReader } from './reader.js';

/** id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480 section 2.1.1). */
const EC_PUBLIC_KEY = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/** secp256r1, 1.2.840.10045.3.1.7 (RFC 5480 section 2.1.1.1). */
const P256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/** `AlgorithmIdentifier` of a P-256 key, as both SPKI and PKCS#8 hold it. */
export const P256_ALGORITHM = Uint8Array.of(
  ...[TAG.sequence, 19],
  ...[TAG.objectIdentifier, 7, ...EC_PUBLIC_KEY],
  ...[TAG.objectIdentifier, 8, ...P256],
);

const UNCOMPRESSED = 0x04;
const POINT_BYTES = 65;

function equals(bytes: Uint8Array, expected: readonly number[]): boolean {
  return bytes.length === expected.length && expected.every((byte, i) => bytes[i] === byte);
}

/** Reads `AlgorithmIdentifier`. @throws CryptoError `key_wrong_type` for anything but a P-256 key on a named curve */
export function readAlgorithm(reader: DerReader): void {
  const algorithm = reader.enter(TAG.sequence);
  if (!equals(algorithm.read(TAG.objectIdentifier), EC_PUBLIC_KEY)) {
    throw new CryptoError('key_wrong_type', 'the key is not an elliptic-curve key');
  }
  readCurve(algorithm);
  algorithm.end();
}

/** Reads `ECParameters`. @throws CryptoError `key_wrong_type` for another curve or parameters spelled out */
export function readCurve(reader: DerReader): void {
  if (reader.nextTag === TAG.sequence) {
    throw new CryptoError('key_wrong_type', 'the key spells out its curve; only the named curve P-256 is accepted');
  }
  if (!equals(reader.read(TAG.objectIdentifier), P256)) {
    throw new CryptoError('key_wrong_type', 'the key is on another curve than P-256');
  }
}

/** Reads an uncompressed point in a BIT STRING (SEC 1 section 2.3.4). @throws CryptoError `key_malformed` */
export function readPoint(reader: DerReader): KeyPoint {
  const contents = reader.read(TAG.bitString);
  if (contents.length !== POINT_BYTES + 1 || contents[0] !== 0 || contents[1] !== UNCOMPRESSED) {
    throw new CryptoError('key_malformed', 'the public key is not an uncompressed point of 65 bytes');
  }
  // Copies by constructor: `slice` of a Node Buffer is a view on memory that is not ours.
  return { x: new Uint8Array(contents.subarray(2, 34)), y: new Uint8Array(contents.subarray(34)) };
}

/** The BIT STRING of an uncompressed point, 68 bytes. */
export function pointBits(point: KeyPoint): Uint8Array {
  return concat(Uint8Array.of(TAG.bitString, POINT_BYTES + 1, 0, UNCOMPRESSED), point.x, point.y);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
