import { describe, expect, test } from 'vitest';
import { createNonce, randomBytes } from '#crypto';
import { createNoncePool } from '../src/nonce/pool.js';
import { thrown, toHex } from './support.js';

describe('createNonce', () => {
  test('gives 32 lower-case hex characters, never the same twice', () => {
    const nonces = Array.from({ length: 5000 }, () => createNonce());
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('uses every bit', () => {
    const counts = new Array<number>(128).fill(0);
    const draws = 2000;
    for (let i = 0; i < draws; i++) {
      const bits = BigInt(`0x${createNonce()}`);
      for (let bit = 0; bit < 128; bit++) counts[bit]! += Number((bits >> BigInt(bit)) & 1n);
    }
    // Ten standard deviations around the mean.
    for (const count of counts) expect(Math.abs(count - draws / 2)).toBeLessThan(10 * Math.sqrt(draws / 4));
  });
});

describe('the pool', () => {
  test('spells out the source’s bytes in order, each once, and refills', () => {
    let fills = 0;
    const drawn: number[] = [];
    const next = createNoncePool((bytes) => {
      fills++;
      for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + i / 256 + fills) & 255;
      drawn.push(...bytes);
    });
    expect(fills).toBe(0);
    const perFill = 4096 / 16;
    const text = Array.from({ length: 2 * perFill }, () => next()).join('');
    expect(fills).toBe(2);
    expect(text).toBe(toHex(Uint8Array.from(drawn)));
    next();
    expect(fills).toBe(3);
  });

  test('hands nothing out when the source fails, and recovers', () => {
    let broken = true;
    const next = createNoncePool((bytes) => {
      if (broken) throw new Error('no entropy');
      bytes.fill(0xab);
    });
    expect(next).toThrow('no entropy');
    expect(next).toThrow('no entropy');
    broken = false;
    expect(next()).toBe('ab'.repeat(16));
  });

  test('two pools share nothing', () => {
    const first = createNoncePool((bytes) => bytes.fill(1));
    const second = createNoncePool((bytes) => bytes.fill(2));
    expect(first()).toBe('01'.repeat(16));
    expect(second()).toBe('02'.repeat(16));
    expect(first()).toBe('01'.repeat(16));
  });
});

describe('randomBytes', () => {
  test.each([1, 16, 32, 65_536])('%i bytes', (length) => {
    const bytes = randomBytes(length);
    expect(bytes.constructor).toBe(Uint8Array);
    expect(bytes).toHaveLength(length);
    if (length >= 16) expect(toHex(randomBytes(length))).not.toBe(toHex(bytes));
  });

  test.each([0, -1, 1.5, NaN, Infinity, 65_537, '16', undefined, null])('refuses %s', (length) => {
    expect(thrown(() => randomBytes(length as never))).toBe('nonce_length');
  });
});
