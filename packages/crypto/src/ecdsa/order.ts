import { CryptoError } from '../error.js';

/** Bytes of a P-256 field element or scalar. */
export const SCALAR_BYTES = 32;

const HIGH_HALF = [0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const LOW_HALF = [0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51];

/** n, the order of the P-256 base point (SP 800-186 section 3.2.1.3), big-endian. */
const ORDER = Uint8Array.from([...HIGH_HALF, ...LOW_HALF]);

/** (n - 1) / 2, the largest s that is low. n is odd, so a shift to the right is that number. */
const HALF_ORDER = ORDER.map((byte, i) => (byte >> 1) | (((ORDER[i - 1] ?? 0) & 1) << 7));

/** Negative, zero or positive as the 32 bytes at `offset` are below, equal to or above `bound`. Not for secrets. */
function compareAt(bytes: Uint8Array, offset: number, bound: Uint8Array): number {
  for (let i = 0; i < SCALAR_BYTES; i++) {
    const difference = (bytes[offset + i] ?? 0) - (bound[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isZeroAt(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < SCALAR_BYTES; i++) if (bytes[offset + i] !== 0) return false;
  return true;
}

/** Whether 1 ≤ v < n for the 32 bytes at `offset`. Not for secrets: the time taken depends on the value. */
export function inRangeAt(bytes: Uint8Array, offset: number): boolean {
  return compareAt(bytes, offset, ORDER) < 0 && !isZeroAt(bytes, offset);
}

/** Whether the 32 bytes at `offset` are at most (n - 1) / 2. */
export function isLowAt(bytes: Uint8Array, offset: number): boolean {
  return compareAt(bytes, offset, HALF_ORDER) <= 0;
}

/** Replaces the 32 bytes v at `offset` by n - v, in place. Bytewise: a BigInt costs ten times as much. */
export function negateAt(bytes: Uint8Array, offset: number): void {
  let borrow = 0;
  for (let i = SCALAR_BYTES - 1; i >= 0; i--) {
    const difference = (ORDER[i] ?? 0) - (bytes[offset + i] ?? 0) - borrow;
    borrow = difference < 0 ? 1 : 0;
    bytes[offset + i] = difference & 0xff;
  }
}

/**
 * Checks that 1 ≤ d < n for a private scalar. Time does not depend on the value beyond the answer: a subtraction over
 * all bytes, and an OR over all bytes.
 *
 * @throws CryptoError `key_malformed`
 */
export function assertScalar(d: Uint8Array): void {
  let borrow = 0;
  let bits = 0;
  for (let i = SCALAR_BYTES - 1; i >= 0; i--) {
    const byte = d[i] ?? 0;
    borrow = ((byte - (ORDER[i] ?? 0) - borrow) >> 8) & 1;
    bits |= byte;
  }
  if (d.length !== SCALAR_BYTES || borrow === 0 || bits === 0) {
    throw new CryptoError('key_malformed', 'the private scalar is not between 1 and n - 1');
  }
}
