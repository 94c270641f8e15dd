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
   * @param nonce 32 lower-case hexadecimal characters
   * @param salt tells apart the same nonce of two identities, 32 bits; unknown to peers
   * @param result where the permuted words go
   * @throws TypeError for any other text
   */
  permuteNonce(nonce: string, salt: number, result: Words): void {
    if (nonce.length !== 32) throw new TypeError('a nonce has 32 lower-case hexadecimal characters');
    const key = this.#key;
    const first = wordAt(nonce, 0) ^ key[0]! ^ salt;
    permute(first, wordAt(nonce, 8) ^ key[1]!, wordAt(nonce, 16) ^ key[2]!, wordAt(nonce, 24) ^ key[3]!, result);
  }

  /** 32 bits for a number that nobody without the key can predict. */
  saltOf(number: number): number {
    const key = this.#key;
    const result = new Int32Array(4);
    permute(~number ^ key[0]!, key[1]!, key[2]!, key[3]!, result);
    return result[3]!;
  }
}

/** Eight digits as a word, in network order. Written out: it is a third of a look-up, and compilers do not unroll loops. */
function wordAt(text: string, at: number): number {
  const a = digitAt(text, at);
  const b = digitAt(text, at + 1);
  const c = digitAt(text, at + 2);
  const d = digitAt(text, at + 3);
  const e = digitAt(text, at + 4);
  const f = digitAt(text, at + 5);
  const g = digitAt(text, at + 6);
  const h = digitAt(text, at + 7);
  if ((a | b | c | d | e | f | g | h) < 0) throw new TypeError('a nonce has 32 lower-case hexadecimal characters');
  return (a << 28) | (b << 24) | (c << 20) | (d << 16) | (e << 12) | (f << 8) | (g << 4) | h;
}

function digitAt(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)]!;
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
