import { assertBytes } from '../bytes.js';
import { CryptoError } from '../error.js';
import { SCALAR_BYTES } from './order.js';
import { checkSignature, SIGNATURE_BYTES } from './p1363.js';

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** Two integers of 33 octets, and a header for each and for both. */
export const MAX_DER_BYTES = 72;

// Offsets instead of a general DER reader: this runs once per signature on Node.

/**
 * Converts an ECDSA signature from DER (`ECDSA-Sig-Value`, RFC 3279 section 2.2.3) to 64 bytes r || s. Strict: one DER
 * encoding per signature, so long-form lengths, padded or negative integers and trailing bytes are refused. s stays as
 * it is, high or low.
 *
 * @throws CryptoError `signature_der` | `signature_range` | `input_not_bytes`
 */
export function derToP1363(der: Uint8Array): Uint8Array {
  assertBytes(der, 'der');
  // A signature's contents take at most 70 bytes, so its length is one octet: what is longer is not in shortest form.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der.length >= 0x80 + 2) {
    throw malformed('it is not one sequence with its length in the shortest form');
  }
  const signature = new Uint8Array(SIGNATURE_BYTES);
  const next = readInteger(der, 2, signature, 0);
  if (readInteger(der, next, signature, SCALAR_BYTES) !== der.length) throw malformed('more follows r and s');
  checkSignature(signature);
  return signature;
}

/** Copies the integer at `at` to the 32 bytes at `to`, right-aligned; returns where the next element starts. */
function readInteger(der: Uint8Array, at: number, signature: Uint8Array, to: number): number {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  if (der[at] !== INTEGER || length === 0 || end > der.length) throw malformed('r or s is missing or cut short');
  let start = at + 2;
  if ((der[start] ?? 0) >= 0x80) throw malformed('r or s is negative');
  if (der[start] === 0 && length > 1) {
    start++;
    if ((der[start] ?? 0) < 0x80) throw malformed('r or s has a needless leading zero');
  }
  if (end - start > SCALAR_BYTES) throw new CryptoError('signature_range', 'r or s is longer than 32 bytes');
  let target = to + SCALAR_BYTES - (end - start);
  for (let source = start; source < end; source++) signature[target++] = der[source] ?? 0;
  return end;
}

function malformed(reason: string): CryptoError {
  return new CryptoError('signature_der', `the signature is not strict DER: ${reason}`);
}

/**
 * Converts a signature from 64 bytes r || s to DER, 8 to 72 bytes. s stays as it is, high or low.
 *
 * @throws CryptoError `signature_length` | `signature_range`
 */
export function p1363ToDer(signature: Uint8Array): Uint8Array {
  checkSignature(signature);
  return encodeDer(signature);
}

/** {@link p1363ToDer} for a signature whose form was checked. */
export function encodeDer(signature: Uint8Array): Uint8Array {
  const der = new Uint8Array(MAX_DER_BYTES);
  return der.slice(0, writeDer(signature, der));
}

/** {@link encodeDer} into the start of `der`, which has room for {@link MAX_DER_BYTES}. Returns the length. */
export function writeDer(signature: Uint8Array, der: Uint8Array): number {
  const r = firstOctet(signature, 0);
  const s = firstOctet(signature, SCALAR_BYTES);
  const rLength = SCALAR_BYTES - r;
  const sLength = SIGNATURE_BYTES - s;
  der[0] = SEQUENCE;
  der[1] = 4 + rLength + sLength;
  writeInteger(der, 2, rLength, signature, SCALAR_BYTES);
  writeInteger(der, 4 + rLength, sLength, signature, SIGNATURE_BYTES);
  return 6 + rLength + sLength;
}

/**
 * Where the shortest two's complement form of the 32 bytes at `from` starts: at the first octet that is not zero, or at
 * the one before where the top bit would read as a sign. That one may lie before `from`.
 */
function firstOctet(signature: Uint8Array, from: number): number {
  let first = from;
  while (first < from + SCALAR_BYTES - 1 && signature[first] === 0) first++;
  return (signature[first] ?? 0) >= 0x80 ? first - 1 : first;
}

/** Writes an INTEGER whose contents are the `length` octets before `end`, a 33rd being zero. */
function writeInteger(der: Uint8Array, at: number, length: number, signature: Uint8Array, end: number): void {
  der[at] = INTEGER;
  der[at + 1] = length;
  let target = at + 2;
  const copied = Math.min(length, SCALAR_BYTES);
  if (copied < length) der[target++] = 0;
  for (let source = end - copied; source < end; source++) der[target++] = signature[source] ?? 0;
}
