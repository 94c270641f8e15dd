import { describe, expect, it } from 'vitest';
import { NoncePermutation } from '../../src/replay/nonce-permutation.js';
import { FOUND, NonceShard } from '../../src/replay/nonce-shard.js';
import { NonceTable } from '../../src/replay/nonce-table.js';
import { nonce } from './entries.js';

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i * 7 + 1);

function permuted(key: Uint8Array, text: string, salt: number): Int32Array {
  const words = new Int32Array(4);
  new NoncePermutation(key).permuteNonce(text, salt, words);
  return words;
}

describe('the permutation of nonces', () => {
  it('depends on every bit of the nonce, on the key and on the salt', () => {
    const results = new Set<string>();
    for (let bit = 0; bit < 128; bit++) {
      results.add(permuted(KEY, (1n << BigInt(bit)).toString(16).padStart(32, '0'), 0).join());
      results.add(
        permuted(
          KEY.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
          nonce(0),
          0,
        ).join(),
      );
    }
    for (let bit = 0; bit < 32; bit++) results.add(permuted(KEY, nonce(0), 1 << bit).join());
    // A key bit and the same nonce bit undo one another, and a salt bit is one of them: 128 results, each spread over all words.
    expect(results.size).toBe(128);
    const flips = [...results].map((result) => result.split(',').map(Number));
    const first = flips[0] ?? [];
    for (const other of flips.slice(1)) for (let word = 0; word < 4; word++) expect(other[word]).not.toBe(first[word]);
  });

  // The inverse of the published permutation, written from its definition: that it exists is what makes comparing
  // permuted nonces comparing nonces.
  it('can be undone: no two nonces become one', () => {
    const undo = (words: Int32Array): string => {
      let [a = 0, b = 0, c = 0, d = 0] = words;
      const right = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
      for (let round = 0; round < 8; round++) {
        c = right(c, 16);
        b = right(b ^ c, 7);
        c = (c - b) | 0;
        d = right(d ^ a, 13);
        a = (a - d) | 0;
        d = right(d ^ c, 8);
        c = (c - d) | 0;
        a = right(a, 16);
        b = right(b ^ a, 5);
        a = (a - b) | 0;
      }
      const key = new DataView(KEY.buffer);
      return [a, b, c, d].map((word, i) => ((word ^ key.getInt32(4 * i)) >>> 0).toString(16).padStart(8, '0')).join('');
    };
    for (const text of ['0'.repeat(32), 'f'.repeat(32), '000000010000002089abcdefffffffff', nonce(12_345)]) {
      expect(undo(permuted(KEY, text, 0))).toBe(text);
    }
  });

  it('gives salts that do not follow from their numbers', () => {
    const one = new NoncePermutation(KEY);
    const other = new NoncePermutation(KEY.map((byte) => byte ^ 1));
    const salts = Array.from({ length: 100 }, (_, i) => one.saltOf(i));
    expect(new Set(salts).size).toBe(100);
    expect(salts.some((salt, i) => salt === other.saltOf(i))).toBe(false);
  });

  it('wants a key of 16 bytes', () => {
    expect(() => new NoncePermutation(new Uint8Array(15))).toThrow(TypeError);
  });
});

describe('a shard', () => {
  const words = (first: number, last: number): Int32Array => Int32Array.of(first, 0, 0, last);
  const add = (shard: NonceShard, value: Int32Array, tick: number, evictedTick = 0): void => {
    shard.insertAt(shard.find(value, 1, evictedTick), value, 1, tick, evictedTick);
  };

  it('tells entries apart that all have the same place', () => {
    const shard = new NonceShard();
    for (let i = 0; i < 500; i++) add(shard, words(-1, i), 9);
    for (let i = 0; i < 500; i++) expect(shard.find(words(-1, i), 1, 0)).toBe(FOUND);
    expect(shard.find(words(-1, 500), 1, 0)).not.toBe(FOUND);
    expect(shard.find(words(-1, 1), 2, 0)).not.toBe(FOUND);
  });

  it('tells entries apart that differ in one word', () => {
    const shard = new NonceShard();
    const all = [0, 1, 2, 3].map((word) => Int32Array.from({ length: 4 }, (_, i) => (i === word ? 9 : 7)));
    for (const value of all) {
      expect(shard.find(value, 1, 0)).not.toBe(FOUND);
      add(shard, value, 5);
    }
    for (const value of all) expect(shard.find(value, 1, 0)).toBe(FOUND);
    expect(shard.find(Int32Array.of(7, 7, 7, 7), 1, 0)).not.toBe(FOUND);
  });

  it('keeps what is live through every rebuild, and nothing that is dead', () => {
    const shard = new NonceShard();
    for (let i = 0; i < 20_000; i++) add(shard, words(Math.imul(i, 0x9e3779b1), i), 1 + (i % 7), 3);
    for (let i = 0; i < 20_000; i++) {
      const live = 1 + (i % 7) > 3;
      expect(shard.find(words(Math.imul(i, 0x9e3779b1), i), 1, 3) === FOUND).toBe(live);
    }
    expect(shard.byteLength).toBeLessThan((20_000 * (4 / 7) * 1.25 + 16) * 32);
  });

  it('shrinks after a flood', () => {
    const shard = new NonceShard();
    for (let i = 0; i < 10_000; i++) add(shard, words(Math.imul(i, 0x9e3779b1), i), 1);
    const flooded = shard.byteLength;
    for (let i = 0; i < 3_000; i++) add(shard, words(Math.imul(i, 0x9e3779b1), i), 2, 1);
    expect(shard.byteLength).toBeLessThan(flooded / 2);
    for (let i = 0; i < 3_000; i++) expect(shard.find(words(Math.imul(i, 0x9e3779b1), i), 1, 1)).toBe(FOUND);
  });

  it('refuses, rather than lose an entry, where it cannot number one', () => {
    const shard = new NonceShard();
    const fill = (): void => {
      for (let i = 0; i < 70_000; i++) add(shard, words(Math.imul(i, 0x9e3779b1), i), 1);
    };
    expect(fill).toThrow(RangeError);
    expect(fill).toThrow(RangeError);
    for (let i = 0; i < 52_428; i++) expect(shard.find(words(Math.imul(i, 0x9e3779b1), i), 1, 0)).toBe(FOUND);
  });
});

describe('a table', () => {
  it('does not let identities crowd one place with one nonce', () => {
    const table = new NonceTable(100_000, KEY);
    const started = performance.now();
    for (let number = 1; number <= 60_000; number++) {
      const owner = { number, salt: table.saltOf(number) };
      expect(table.probe(nonce(42), owner, 0)).toBe(false);
      table.insert(owner, 1, 0);
    }
    // Crowded, this would take 60,000 times 30,000 steps.
    expect(performance.now() - started).toBeLessThan(20_000);
    for (let number = 1; number <= 60_000; number++) {
      expect(table.probe(nonce(42), { number, salt: table.saltOf(number) }, 0)).toBe(true);
    }
  });
});
