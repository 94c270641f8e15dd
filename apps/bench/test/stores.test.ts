import { describe, expect, it } from 'vitest';
import { STORE_NAMES, createStore } from '../src/stores/create-store.js';
import { NonceTraffic, START_MS, WINDOW_MS, consumeAll } from '../src/workloads/nonce-traffic.js';

const HELD = 3000;

describe.each(STORE_NAMES)('%s', (name) => {
  it('refuses a nonce for as long as it counts', () => {
    const store = createStore(name, HELD);
    const arrivals = [...new NonceTraffic(HELD).next(HELD)].flat();
    consumeAll(store, arrivals);
    for (const { entry } of arrivals) expect(store.consume(entry, entry.expiresAtMs - WINDOW_MS / 2)).toBe(false);
  });

  it('holds what has arrived in a window, and not much more than two of them', () => {
    const store = createStore(name, HELD);
    const traffic = new NonceTraffic(HELD);
    for (const part of traffic.next(HELD)) consumeAll(store, part);
    expect(store.size).toBe(HELD);
    for (const part of traffic.next(5 * HELD)) consumeAll(store, part);
    expect(store.size).toBeGreaterThanOrEqual(HELD);
    expect(store.size).toBeLessThanOrEqual(2 * HELD + 1);
  });
});

describe('NonceTraffic', () => {
  it('repeats no nonce, comes from many agents, and fills a window with what is to be held', () => {
    const arrivals = [...new NonceTraffic(HELD).next(HELD)].flat();
    expect(new Set(arrivals.map(({ entry }) => entry.nonce)).size).toBe(HELD);
    expect(new Set(arrivals.map(({ entry }) => entry.passportId)).size).toBe(100);
    expect(arrivals.at(-1)?.nowMs).toBeCloseTo(START_MS + WINDOW_MS, -3);
    for (const { entry, nowMs } of arrivals) expect(entry.expiresAtMs - nowMs).toBe(WINDOW_MS);
  });
});
