import { CryptoError } from '../error.js';

const POOL_BYTES = 4096;
const NONCE_CHARACTERS = 32;

/** The most random bytes one call gives; also what Web Crypto's `getRandomValues` allows. */
const MAX_RANDOM_BYTES = 65_536;

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Fills the array with bytes of a cryptographic random source. */
export type RandomFill = (bytes: Uint8Array<ArrayBuffer>) => void;

/** @throws CryptoError `nonce_length` unless `length` is an integer from 1 to 65,536 */
export function randomBytesFrom(fill: RandomFill, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > MAX_RANDOM_BYTES) {
    throw new CryptoError(
      'nonce_length',
      `the number of random bytes must be an integer from 1 to ${MAX_RANDOM_BYTES}`,
    );
  }
  const bytes = new Uint8Array(length);
  fill(bytes);
  return bytes;
}

/**
 * A maker of nonces: 16 random bytes each, as 32 lower-case hex characters. It draws 4 KiB at a time, since a call into
 * the random source costs twenty times the rest, and gives no byte out twice.
 */
export function createNoncePool(fill: RandomFill): () => string {
  const random = new Uint8Array(POOL_BYTES);
  const codes = new Uint8Array(2 * POOL_BYTES);
  let next = codes.length;

  function refill(): void {
    fill(random);
    for (let i = 0; i < POOL_BYTES; i++) {
      const byte = random[i] ?? 0;
      codes[2 * i] = DIGITS[byte >> 4] ?? 0;
      codes[2 * i + 1] = DIGITS[byte & 15] ?? 0;
    }
    random.fill(0);
    next = 0;
  }

  return () => {
    if (next === codes.length) refill();
    const start = next;
    next += NONCE_CHARACTERS;
    return text32(codes, start);
  };
}

/**
 * 32 character codes as one flat string, all in one call. A slice of a longer string would keep the whole of that alive
 * for as long as the nonce is remembered; a concatenation costs again when it is first read.
 */
function text32(codes: Uint8Array, i: number): string {
  // prettier-ignore
  return String.fromCharCode(
    codes[i] ?? 0, codes[i + 1] ?? 0, codes[i + 2] ?? 0, codes[i + 3] ?? 0,
    codes[i + 4] ?? 0, codes[i + 5] ?? 0, codes[i + 6] ?? 0, codes[i + 7] ?? 0,
    codes[i + 8] ?? 0, codes[i + 9] ?? 0, codes[i + 10] ?? 0, codes[i + 11] ?? 0,
    codes[i + 12] ?? 0, codes[i + 13] ?? 0, codes[i + 14] ?? 0, codes[i + 15] ?? 0,
    codes[i + 16] ?? 0, codes[i + 17] ?? 0, codes[i + 18] ?? 0, codes[i + 19] ?? 0,
    codes[i + 20] ?? 0, codes[i + 21] ?? 0, codes[i + 22] ?? 0, codes[i + 23] ?? 0,
    codes[i + 24] ?? 0, codes[i + 25] ?? 0, codes[i + 26] ?? 0, codes[i + 27] ?? 0,
    codes[i + 28] ?? 0, codes[i + 29] ?? 0, codes[i + 30] ?? 0, codes[i + 31] ?? 0,
  );
}
