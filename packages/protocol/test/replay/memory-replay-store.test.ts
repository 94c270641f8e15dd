import { describe, expect, it } from 'vitest';
import { ConfigurationError, MemoryReplayStore } from '../../src/index.js';
import { describeReplayStore } from './contract.js';
import { START, WINDOW_MS, entry, nonce, of } from './entries.js';

const NOW = START + 60_000;

function storeWith(options: ConstructorParameters<typeof MemoryReplayStore>[0] = {}): MemoryReplayStore {
  return new MemoryReplayStore({ clock: () => START, ...options });
}

describeReplayStore('a store in memory', async (limits) => storeWith(limits));

describe('the floor of a new store', () => {
  it('lies where the last message before it expires', () => {
    expect(storeWith().floorMs()).toBe(START + WINDOW_MS);
    expect(storeWith({ windowMs: 1_000 }).floorMs()).toBe(START + 1_000);
  });

  it('or the last one that was dated ahead', () => {
    expect(storeWith({ futureToleranceMs: 60_000 }).floorMs()).toBe(START + WINDOW_MS + 60_000);
  });
});

describe('a store that refuses', () => {
  it('holds nothing of what it refused', async () => {
    const store = storeWith();
    await store.consume([entry()], NOW);
    expect(await store.consume([entry(), entry({ nonce: nonce(2) })], NOW)).toBe('repeated');
    expect(await store.consume([of(2), of(2)], NOW)).toBe('repeated');
    await expect(store.consume([of(2, { nonce: '' })], NOW)).rejects.toThrow(TypeError);
    expect(store.size).toBe(1);
    expect(store.identities).toBe(1);
  });

  it('holds nothing of what it refused for want of room', async () => {
    const store = storeWith({ capacity: 4, perPassport: 3, perPool: 4, unanchoredShare: 0.25 });
    await store.consume([of(1, { nonce: nonce(10), pool: 'unanchored' })], NOW);
    await store.consume([of(5, { nonce: nonce(1) }), of(5, { nonce: nonce(2) })], NOW);
    const two = [of(1, { nonce: nonce(11), pool: 'authority' }), of(2, { nonce: nonce(12) })];
    expect(await store.consume(two, NOW)).toBe('full');
    expect(store.size).toBe(3);
    expect(store.identities).toBe(2);
  });
});

describe('options', () => {
  it.each([
    { capacity: 0 },
    { capacity: 1.5 },
    { capacity: Number.NaN },
    { capacity: 2 ** 31 },
    { perPassport: 0 },
    { perPool: -1 },
    { unanchoredShare: 0 },
    { unanchoredShare: 1.1 },
    { unanchoredShare: Number.NaN },
    { windowMs: -1 },
    { windowMs: Infinity },
    { futureToleranceMs: Number.NaN },
    { clock: () => Number.NaN },
  ])('are checked: %o', (options) => {
    expect(() => storeWith(options)).toThrow(ConfigurationError);
  });
});

describe('memory', () => {
  it('of identities and slots is given back when all is over', async () => {
    const store = storeWith({ capacity: 50_000, perPassport: 10, perPool: 50_000 });
    for (let i = 0; i < 20_000; i++) store.consumeSync([of(i >> 1, { nonce: nonce(i) })], NOW);
    expect(store.size).toBe(20_000);
    expect(store.identities).toBe(10_000);
    expect(store.byteLength).toBeGreaterThan(20_000 * 24);
    const later = entry().expiresAtMs + 1_000;
    for (let i = 0; i < 10_000; i++) store.consumeSync([of(1, { expiresAtMs: later + WINDOW_MS })], later);
    expect(store.size).toBe(1);
    expect(store.identities).toBe(1);
    expect(store.byteLength).toBeLessThan(8_000);
  });

  it('stays level under a steady stream', () => {
    const store = storeWith({ capacity: 100_000, perPassport: 100_000 });
    let most = 0;
    for (let i = 0; i < 200_000; i++) {
      const now = NOW + i * 30;
      store.consumeSync([entry({ nonce: nonce(i), expiresAtMs: now + WINDOW_MS })], now);
      most = Math.max(most, store.byteLength);
    }
    expect(store.size).toBeLessThan(10_100);
    expect(most / store.size).toBeLessThan(48);
  });

  it('keys of one thumbprint may have many passports', async () => {
    const store = storeWith();
    const many = Array.from({ length: 50 }, (_, i) => entry({ passportId: `asp_${nonce(i)}` }));
    for (const one of many) expect(await store.consume([one], NOW)).toBe('accepted');
    for (const one of many) expect(await store.consume([one], NOW)).toBe('repeated');
    expect(store.identities).toBe(50);
    const later = entry().expiresAtMs + 1_000;
    const survivor = entry({ passportId: `asp_${nonce(7)}`, expiresAtMs: later + WINDOW_MS });
    for (let i = 0; i < 100; i++) await store.consume([survivor], later);
    expect(store.identities).toBe(1);
    expect(await store.consume([survivor], later)).toBe('repeated');
  });
});
