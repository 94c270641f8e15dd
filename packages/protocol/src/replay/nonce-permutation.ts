const ROUNDS = 8;

/** Value of each hexadecimal digit by its UTF-16 code unit; -1 for every other code unit. */
const DIGITS = new Int8Array(65_536).fill(-1);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/** A 128-bit value as four 32-bit words. */
export type Words = Int32Array;

/**
 * A keyed permutation of 128-bit nonces: the permutation of Chaskey (ISO/IEC 29192-6) in an Even-Mansour construction.
 *
 * Peers choose their nonces, so whoever could predict where one lands in a hash table could make the table crawl. A permuted nonce lands
 * where nobody without the key can tell, and since no two nonces permute to one value, comparing permuted forms is comparing nonces. Tables
 * that store the permuted form hence have their hash at hand and never compute it again.
 */
export class NoncePermutation {
  readonly #key: Words;

  /** @param key 16 random bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new TypeError('the key of a nonce permutation has 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#key = Int32Array.of(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12));
  }

  /**
   * Permutes a nonce.
   *
   * @param salt tells apart the same nonce of two identities, 32 bits; unknown to peers
   * @param result where the permuted words go
   */
  permuteNonce(nonce: Words, salt: number, result: Words): void {
    const key = this.#key;
    permute(xor(nonce, key, 0) ^ salt, xor(nonce, key, 1), xor(nonce, key, 2), xor(nonce, key, 3), result);
  }

  /** 32 bits for a number that nobody without the key can predict. */
  saltOf(number: number): number {
    const result = new Int32Array(4);
    this.permuteNonce(Int32Array.of(number, 0, 0, 0), ~0, result);
    return result[3] ?? 0;
  }
}

/**
 * Reads 32 lower-case hexadecimal characters into four words.
 *
 * @throws TypeError for any other text
 */
export function readNonce(nonce: string, result: Words): void {
  if (nonce.length !== 32) throw new TypeError('a nonce has 32 lower-case hexadecimal characters');
  let invalid = 0;
  for (let word = 0; word < 4; word++) {
    const at = word * 8;
    // Written out: this loop is half of the work of a look-up, and compilers do not unroll it.
    const a = digitAt(nonce, at);
    const b = digitAt(nonce, at + 1);
    const c = digitAt(nonce, at + 2);
    const d = digitAt(nonce, at + 3);
    const e = digitAt(nonce, at + 4);
    const f = digitAt(nonce, at + 5);
    const g = digitAt(nonce, at + 6);
    const h = digitAt(nonce, at + 7);
    invalid |= a | b | c | d | e | f | g | h;
    result[word] = (a << 28) | (b << 24) | (c << 20) | (d << 16) | (e << 12) | (f << 8) | (g << 4) | h;
  }
  if (invalid < 0) throw new TypeError('a nonce has 32 lower-case hexadecimal characters');
}

function digitAt(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? -1;
}

function xor(left: Words, right: Words, word: number): number {
  return (left[word] ?? 0) ^ (right[word] ?? 0);
}

function permute(first: number, second: number, third: number, fourth: number, result: Words): void {
  let a = first;
  let b = second;
  let c = third;
  let d = fourth;
  for (let round = 0; round < ROUNDS; round++) {
    a = (a + b) | 0;
    b = ((b << 5) | (b >>> 27)) ^ a;
    a = (a << 16) | (a >>> 16);
    c = (c + d) | 0;
    d = ((d << 8) | (d >>> 24)) ^ c;
    a = (a + d) | 0;
    d = ((d << 13) | (d >>> 19)) ^ a;
    c = (c + b) | 0;
    b = ((b << 7) | (b >>> 25)) ^ c;
    c = (c << 16) | (c >>> 16);
  }
  result[0] = a;
  result[1] = b;
  result[2] = c;
  result[3] = d;
}
