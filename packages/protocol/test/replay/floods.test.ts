import { describe, expect, it, vi } from 'vitest';
import { MemoryReplayStore } from '../../src/index.js';
import { NonceTable } from '../../src/replay/nonce-table.js';
import { START, WINDOW_MS, entry, nonce, of } from './entries.js';

const NOW = START + 60_000;
const LATER = NOW + WINDOW_MS + 10_000;

describe('what a flood leaves behind', () => {
  it('is counted off only as far as somebody needs room', () => {
    const store = new MemoryReplayStore({ clock: () => START, capacity: 5_000, perPassport: 1, perPool: 2_000 });
    const fresh = (identity: number) => of(identity, { expiresAtMs: LATER + WINDOW_MS });
    for (let i = 0; i < 2_000; i++) store.consumeSync([of(i)], NOW);
    expect(store.consumeSync([of(2_000)], NOW)).toBe('full');
    // Another authority's are counted off before them.
    for (let i = 0; i < 200; i++) store.consumeSync([of(3_000 + i, { pool: 'other' })], NOW);
    expect(store.consumeSync([fresh(4_000)], LATER)).toBe('accepted');
    expect(store.size).toBeGreaterThan(1_800);
    for (let i = 0; i < 1_999; i++) expect(store.consumeSync([fresh(i)], LATER)).toBe('accepted');
    expect(store.consumeSync([fresh(4_001)], LATER)).toBe('full');
    expect(store.size).toBe(2_000);
  });

  // Whoever removes the first of a Map's keys again and again passes over all that were removed before each time.
  it('is removed without a walk over it, in whatever order it ends', () => {
    const identities = 2_000;
    const store = new MemoryReplayStore({ clock: () => START });
    const one = (identity: number, number: number, afterMs: number) =>
      entry({ passportId: `asp_${nonce(identity)}`, nonce: nonce(number), expiresAtMs: NOW + WINDOW_MS + afterMs });
    for (let i = 0; i < identities; i++) store.consumeSync([one(i, 1, 0)], NOW);
    // The last entry of the oldest identity is counted off first.
    for (let i = identities - 1; i >= 0; i--) store.consumeSync([one(i, 2, 5_000)], NOW);
    const walk = vi.spyOn(Object.getPrototypeOf(new Map().entries()) as Iterator<unknown>, 'next');
    for (let i = 0; i < identities; i++)
      store.consumeSync([of(1, { nonce: nonce(i), expiresAtMs: LATER + WINDOW_MS })], LATER);
    const steps = walk.mock.calls.length;
    walk.mockRestore();
    expect(store.identities).toBe(1);
    expect(steps).toBe(0);
  });
});

describe('numbers of identities that have gone', () => {
  it('do not hand their nonces on to who comes next', () => {
    const store = new MemoryReplayStore({ clock: () => START });
    let now = NOW;
    for (let generation = 0; generation < 20; generation++) {
      for (let identity = 0; identity < 50; identity++) {
        const newcomer = of(generation * 50 + identity, { expiresAtMs: now + WINDOW_MS });
        expect(store.consumeSync([newcomer], now)).toBe('accepted');
        expect(store.consumeSync([newcomer], now)).toBe('repeated');
      }
      now += WINDOW_MS + 2_000;
    }
  });
});

describe('a table of nonces', () => {
  it('refuses to forget one that it is told to add a second time', () => {
    const table = new NonceTable(100, new Uint8Array(16));
    const owner = { number: 1, salt: table.saltOf(1) };
    expect(table.probe(nonce(1), owner, 0)).toBe(false);
    table.insert(owner, 5, 0);
    expect(table.probe(nonce(1), owner, 0)).toBe(true);
    expect(() => {
      table.insert(owner, 5, 0);
    }).toThrow(RangeError);
  });
});
