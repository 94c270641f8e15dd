import { describe, expect, it } from 'vitest';
import type { RateLimit, RateLimiter } from '../../src/index.js';

/** A limiter and the clock that it goes by. */
export interface LimiterUnderTest {
  readonly limiter: RateLimiter;
  readonly now: () => number;
  /** Lets time pass; real time where the limiter has a clock of its own. */
  readonly pass: (ms: number) => Promise<void>;
}

/** A token every hundred seconds: however slow the machine, none comes back during a test. */
const SLOW: RateLimit = { perSecond: 0.01, burst: 5 };

/** What every {@link RateLimiter} keeps to. */
export function describeRateLimiter(title: string, create: (limit: RateLimit) => Promise<LimiterUnderTest>): void {
  describe(title, () => {
    async function takeAll({ limiter, now }: LimiterUnderTest, payer: string): Promise<number> {
      for (let taken = 0; taken < 1_000; taken++) if (!(await limiter.take(payer, now())).ok) return taken;
      throw new Error('There was no end to it');
    }

    it('gives its burst and then nothing, to each payer', async () => {
      const test = await create(SLOW);
      expect(await takeAll(test, 'a')).toBe(5);
      expect(await takeAll(test, 'b')).toBe(5);
      expect(await takeAll(test, '__proto__')).toBe(5);
      expect((await test.limiter.take('a', test.now())).ok).toBe(false);
    });

    it('gives concurrent messages no more than its burst', async () => {
      const { limiter, now } = await create(SLOW);
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => limiter.take('a', now())));
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5);
    });

    it('says when to come back, and keeps its word', async () => {
      const test = await create({ perSecond: 2, burst: 1 });
      await takeAll(test, 'a');
      const refused = await test.limiter.take('a', test.now());
      if (refused.ok) throw new Error('Half a second had passed between two calls');
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(500);
      await test.pass(refused.retryAfterMs);
      expect(await test.limiter.take('a', test.now())).toEqual({ ok: true });
    });

    it('tells a payer of a slow rate how long it will be', async () => {
      const test = await create(SLOW);
      await takeAll(test, 'a');
      const refused = await test.limiter.take('a', test.now());
      expect(refused).toMatchObject({ ok: false });
      expect(refused.ok ? 0 : refused.retryAfterMs).toBeGreaterThan(10_000);
      expect(refused.ok ? 0 : refused.retryAfterMs).toBeLessThanOrEqual(100_000);
    });
  });
}
