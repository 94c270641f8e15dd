import { describe, expect, it } from 'vitest';
import type { ReplayEntry, ReplayStore } from '../../src/index.js';
import { START, WINDOW_MS, entry, nonce, of } from './entries.js';

/** What the stores under test are given; each has its own way to say so. */
export interface ReplayLimits {
  readonly capacity: number;
  readonly perPassport: number;
  readonly perPool: number;
  readonly unanchoredShare: number;
}

/** Makes an empty store that began at {@link START} and keeps an entry no longer than its expiry. */
export type CreateStore = (limits?: Partial<ReplayLimits>) => Promise<ReplayStore>;

const NOW = START + 60_000;

/** What every {@link ReplayStore} keeps to, wherever its memory is. */
export function describeReplayStore(title: string, create: CreateStore): void {
  const accept = async (store: ReplayStore, entries: readonly ReplayEntry[], nowMs = NOW): Promise<number> => {
    let accepted = 0;
    for (const one of entries) if ((await store.consume([one], nowMs)) === 'accepted') accepted++;
    return accepted;
  };
  const many = (identity: number, count: number, changes: Partial<ReplayEntry> = {}): ReplayEntry[] =>
    Array.from({ length: count }, (_, i) => of(identity, { nonce: nonce(i), ...changes }));

  describe(`${title}: a nonce is used once`, () => {
    it('by one identity', async () => {
      const store = await create();
      expect(await store.consume([entry()], NOW)).toBe('accepted');
      expect(await store.consume([entry()], NOW)).toBe('repeated');
    });

    it.each<[string, Partial<ReplayEntry>]>([
      ['another revision', { revision: '1.1' }],
      ['another passport', { passportId: 'asp_00000000000000000000000000000002' }],
      ['another key', { keyThumbprint: 'thumbprint-2' }],
      ['another nonce', { nonce: nonce(2) }],
      ['a nonce that differs in its first bit', { nonce: `8${nonce(1).slice(1)}` }],
      ['a nonce that differs in its second word', { nonce: `00000000${'1'.padEnd(16, '0')}00000001` }],
      ['a nonce that differs in its last bit', { nonce: nonce(0) }],
    ])('%s is another message', async (_title, changes) => {
      const store = await create();
      await store.consume([entry()], NOW);
      expect(await store.consume([entry(changes)], NOW)).toBe('accepted');
      expect(await store.consume([entry()], NOW)).toBe('repeated');
      expect(await store.consume([entry(changes)], NOW)).toBe('repeated');
    });

    it('whatever timestamp and authority a copy claims', async () => {
      const store = await create();
      await store.consume([entry()], NOW);
      expect(await store.consume([entry({ expiresAtMs: entry().expiresAtMs + 5_000 })], NOW)).toBe('repeated');
      expect(await store.consume([entry({ pool: 'unanchored' })], NOW)).toBe('repeated');
    });

    it('among concurrent copies', async () => {
      const store = await create();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.consume([entry()], NOW)));
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    });
  });

  describe(`${title}: a nonce is kept until its own expiry`, () => {
    // Dated a minute ahead, and remembered for no more than a window after its arrival, it could be repeated in that minute.
    it('also when it came early', async () => {
      const store = await create();
      const ahead = entry({ expiresAtMs: NOW + 60_000 + WINDOW_MS });
      await store.consume([ahead], NOW);
      const later = NOW + WINDOW_MS + 30_000;
      for (let i = 10; i < 40; i++)
        await store.consume([entry({ nonce: nonce(i), expiresAtMs: later + WINDOW_MS })], later);
      expect(await store.consume([ahead], later)).toBe('repeated');
      expect(await store.consume([ahead], ahead.expiresAtMs)).toBe('repeated');
      expect(await store.consume([ahead], ahead.expiresAtMs + 1)).toBe('below-floor');
    });

    it('and is free for another message after it', async () => {
      const store = await create();
      await store.consume([entry()], NOW);
      const later = entry().expiresAtMs + 1_000;
      expect(await store.consume([entry({ expiresAtMs: later + WINDOW_MS })], later)).toBe('accepted');
      expect(await store.consume([entry({ expiresAtMs: later + WINDOW_MS })], later)).toBe('repeated');
    });
  });

  describe(`${title}: a clock that is set back`, () => {
    it('does not revive what was evicted', async () => {
      const store = await create();
      await store.consume([entry()], NOW);
      const later = entry().expiresAtMs + 1_000;
      await store.consume([entry({ nonce: nonce(2), expiresAtMs: later + WINDOW_MS })], later);
      expect(store.floorMs()).toBeGreaterThanOrEqual(entry().expiresAtMs);
      expect(await store.consume([entry()], NOW)).toBe('below-floor');
      expect(await store.consume([entry({ nonce: nonce(3) })], NOW)).toBe('below-floor');
    });

    it('is served again once messages lie above what was evicted', async () => {
      const store = await create();
      await store.consume([entry()], NOW);
      const aYear = 365 * 86_400_000;
      await store.consume([entry({ nonce: nonce(2), expiresAtMs: NOW + aYear + WINDOW_MS })], NOW + aYear);
      const fresh = entry({ nonce: nonce(3), expiresAtMs: entry().expiresAtMs + 1 });
      expect(await store.consume([fresh], NOW)).toBe('accepted');
      expect(await store.consume([fresh], NOW)).toBe('repeated');
      expect(await store.consume([entry({ nonce: nonce(2), expiresAtMs: NOW + aYear + WINDOW_MS })], NOW)).toBe(
        'repeated',
      );
    });

    it('never lowers the floor', async () => {
      const store = await create();
      let floor = store.floorMs();
      for (const step of [0, 400_000, 10_000, 900_000, 0, 800_000]) {
        const now = NOW + step;
        await store.consume([entry({ nonce: nonce(step), expiresAtMs: now + WINDOW_MS })], now);
        expect(store.floorMs()).toBeGreaterThanOrEqual(floor);
        floor = store.floorMs();
      }
    });
  });

  describe(`${title}: quotas`, () => {
    const limits = { capacity: 100, perPassport: 10, perPool: 30, unanchoredShare: 0.2 };

    it('hold one passport down while another goes on', async () => {
      const store = await create(limits);
      expect(await accept(store, many(1, 15))).toBe(10);
      expect(await store.consume([of(1, { nonce: nonce(99) })], NOW)).toBe('full');
      expect(await accept(store, many(2, 5))).toBe(5);
    });

    it('hold one authority down while another goes on', async () => {
      const store = await create(limits);
      let greedy = 0;
      for (let identity = 0; identity < 6; identity++)
        greedy += await accept(store, many(identity, 10, { pool: 'greedy' }));
      expect(greedy).toBe(30);
      expect(await accept(store, many(50, 5, { pool: 'modest' }))).toBe(5);
    });

    it('give all identities that nobody vouches for one small pool, and the rest to others', async () => {
      const store = await create(limits);
      let accepted = 0;
      for (let identity = 0; identity < 40; identity++)
        accepted += await accept(store, many(identity, 1, { pool: 'unanchored' }));
      expect(accepted).toBe(20);
      for (const [index, pool] of ['a', 'b', 'c'].entries()) {
        for (let identity = 0; identity < 3; identity++)
          accepted += await accept(store, many(100 + 10 * index + identity, 10, { pool }));
      }
      expect(accepted).toBe(100);
    });

    it('never forget a live nonce to make room', async () => {
      const store = await create({ capacity: 20, perPassport: 20, perPool: 20 });
      expect(await accept(store, many(1, 30))).toBe(20);
      for (const used of many(1, 20)) expect(await store.consume([used], NOW)).toBe('repeated');
      expect(await store.consume([of(2)], NOW)).toBe('full');
    });

    it('count exactly: room is back when the first entry is over', async () => {
      const store = await create({ capacity: 10, perPassport: 10, perPool: 10 });
      for (let i = 0; i < 10; i++)
        await store.consume([of(1, { nonce: nonce(i), expiresAtMs: NOW + WINDOW_MS + i * 1_000 })], NOW);
      const over = NOW + WINDOW_MS + 1;
      const fresh = (i: number) => of(1, { nonce: nonce(100 + i), expiresAtMs: over + WINDOW_MS });
      expect(await store.consume([fresh(0)], over - 1)).toBe('full');
      expect(await store.consume([fresh(0)], over)).toBe('accepted');
      expect(await store.consume([fresh(1)], over)).toBe('full');
    });

    it('find room that a burst of many identities has left behind, in one call', async () => {
      const store = await create({ capacity: 400, perPassport: 1, perPool: 200 });
      for (let identity = 0; identity < 200; identity++) await store.consume([of(identity)], NOW);
      expect(await store.consume([of(200)], NOW)).toBe('full');
      const later = entry().expiresAtMs + 1;
      const fresh = many(0, 1, { nonce: nonce(2), expiresAtMs: later + WINDOW_MS });
      expect(await accept(store, fresh, later)).toBe(1);
    });

    it('follow an identity that another authority answers for from now on', async () => {
      const store = await create({ capacity: 100, perPassport: 100, perPool: 30, unanchoredShare: 0.1 });
      expect(await accept(store, many(1, 20, { pool: 'unanchored' }))).toBe(10);
      expect(await store.consume([of(1, { nonce: nonce(50), pool: 'authority' })], NOW)).toBe('accepted');
      // Its entries left the small pool, which is free for others again.
      expect(await accept(store, many(2, 20, { pool: 'unanchored' }))).toBe(10);
      expect(await store.consume([of(1, { nonce: nonce(51), pool: 'unanchored' })], NOW)).toBe('full');
      expect(await store.consume([of(1, { nonce: nonce(52), pool: 'authority' })], NOW)).toBe('accepted');
    });
  });

  describe(`${title}: several entries`, () => {
    const pair = (a: number, b: number): ReplayEntry[] => [entry({ nonce: nonce(a) }), entry({ nonce: nonce(b) })];

    it('are used up together', async () => {
      const store = await create();
      expect(await store.consume(pair(1, 2), NOW)).toBe('accepted');
      expect(await store.consume([entry({ nonce: nonce(1) })], NOW)).toBe('repeated');
      expect(await store.consume([entry({ nonce: nonce(2) })], NOW)).toBe('repeated');
    });

    it.each([
      [1, 2],
      [2, 1],
    ])('or not at all, where one of them was used: %i, %i', async (a, b) => {
      const store = await create();
      await store.consume([entry({ nonce: nonce(1) })], NOW);
      expect(await store.consume(pair(a, b), NOW)).toBe('repeated');
      expect(await store.consume([entry({ nonce: nonce(2) })], NOW)).toBe('accepted');
    });

    it('cannot be one and the same', async () => {
      const store = await create();
      expect(await store.consume(pair(1, 1), NOW)).toBe('repeated');
      expect(await store.consume([entry()], NOW)).toBe('accepted');
    });

    it('or not at all, where one lies below the floor', async () => {
      const store = await create();
      expect(await store.consume([entry(), entry({ nonce: nonce(2), expiresAtMs: NOW - 1 })], NOW)).toBe('below-floor');
      expect(await store.consume([entry()], NOW)).toBe('accepted');
    });

    it('or not at all, where there is room for one only', async () => {
      const store = await create({ capacity: 4, perPassport: 3, perPool: 4, unanchoredShare: 0.25 });
      await store.consume([of(1, { nonce: nonce(10), pool: 'unanchored' })], NOW);
      await store.consume([of(5, { nonce: nonce(1) }), of(5, { nonce: nonce(2) })], NOW);
      // The first entry would move identity 1 to another pool; the second finds the store full.
      const two = [of(1, { nonce: nonce(11), pool: 'authority' }), of(2, { nonce: nonce(12) })];
      expect(await store.consume(two, NOW)).toBe('full');
      expect(await store.consume([of(3, { pool: 'unanchored' })], NOW)).toBe('full');
      expect(await store.consume([of(1, { nonce: nonce(11) })], NOW)).toBe('accepted');
    });

    it('of which there are none are accepted', async () => {
      expect(await (await create()).consume([], NOW)).toBe('accepted');
    });
  });

  describe(`${title}: malformed calls`, () => {
    it.each<[string, ReplayEntry[], number]>([
      ['no hexadecimal nonce', [entry({ nonce: 'x'.repeat(32) })], NOW],
      ['upper-case hexadecimal', [entry({ nonce: 'A'.repeat(32) })], NOW],
      ['characters beyond ASCII', [entry({ nonce: '\u0130'.repeat(32) })], NOW],
      ['a short nonce', [entry({ nonce: 'a'.repeat(31) })], NOW],
      ['a long nonce', [entry({ nonce: 'a'.repeat(33) })], NOW],
      ['an expiry that is no number', [entry({ expiresAtMs: Number.NaN })], NOW],
      ['an endless expiry', [entry({ expiresAtMs: Infinity })], NOW],
      ['an expiry beyond the calendar', [entry({ expiresAtMs: 2 ** 60 })], NOW],
      ['a time that is no number', [entry()], Number.NaN],
      ['an endless time', [entry()], Infinity],
      ['a bad one of two', [entry(), entry({ nonce: '' })], NOW],
    ])('are refused: %s', async (_title, entries, now) => {
      const store = await create();
      await expect(store.consume(entries, now)).rejects.toThrow(TypeError);
      expect(await store.consume([entry()], NOW)).toBe('accepted');
    });
  });
}
