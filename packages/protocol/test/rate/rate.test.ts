import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, MemoryRateLimiter, TokenBucket } from '../../src/index.js';
import { describeRateLimiter } from './contract.js';

const START = 1_767_225_600_000;
const LIMIT = { perSecond: 10, burst: 5 };

function takeAll(take: () => { readonly ok: boolean }, most = 1_000): number {
  let taken = 0;
  while (taken < most && take().ok) taken++;
  return taken;
}

describe('a token bucket', () => {
  it('gives its burst, then its rate', () => {
    const bucket = new TokenBucket(LIMIT, START);
    expect(takeAll(() => bucket.take(START))).toBe(5);
    expect(bucket.take(START)).toEqual({ ok: false, retryAfterMs: 100 });
    expect(bucket.take(START + 99)).toEqual({ ok: false, retryAfterMs: 1 });
    expect(bucket.take(START + 100)).toEqual({ ok: true });
    expect(takeAll(() => bucket.take(START + 400))).toBe(3);
    expect(takeAll(() => bucket.take(START + 86_400_000))).toBe(5);
  });

  it('says when to come back, and keeps its word', () => {
    const bucket = new TokenBucket({ perSecond: 3, burst: 1 }, START);
    bucket.take(START);
    const refused = bucket.take(START + 10);
    if (refused.ok) throw new Error('There was nothing left to take');
    expect(bucket.take(START + 10 + refused.retryAfterMs)).toEqual({ ok: true });
  });

  it('gives nothing for a clock that is set back, and goes on from there', () => {
    const bucket = new TokenBucket(LIMIT, START);
    takeAll(() => bucket.take(START));
    expect(bucket.take(START - 3_600_000).ok).toBe(false);
    expect(takeAll(() => bucket.take(START - 3_600_000 + 200))).toBe(2);
  });

  it('gives nothing for a time that is none', () => {
    const bucket = new TokenBucket(LIMIT, START);
    takeAll(() => bucket.take(START));
    expect(bucket.take(Number.NaN).ok).toBe(false);
    expect(bucket.take(Infinity).ok).toBe(false);
    expect(bucket.take(START + 100).ok).toBe(true);
  });

  it('never gives more than burst and rate allow, however the calls are spread', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (steps) => {
        const bucket = new TokenBucket(LIMIT, START);
        let now = START;
        let taken = 0;
        for (const step of steps) {
          now += step;
          if (bucket.take(now).ok) taken++;
          expect(taken).toBeLessThanOrEqual(LIMIT.burst + ((now - START) * LIMIT.perSecond) / 1_000 + 1e-6);
        }
      }),
    );
  });
});

describeRateLimiter('a rate limiter in memory', async (limit) => {
  let now = START;
  const pass = async (ms: number): Promise<void> => {
    now += ms;
  };
  return { limiter: new MemoryRateLimiter(limit), now: () => now, pass };
});

describe('a rate limiter in memory', () => {
  const takeBurst = async (limiter: MemoryRateLimiter, payer: string): Promise<void> => {
    for (let i = 0; i < LIMIT.burst; i++) await limiter.take(payer, START);
  };

  it('forgets none that owes something: a flood of newcomers does not refill anybody', async () => {
    const limiter = new MemoryRateLimiter(LIMIT, 10);
    await takeBurst(limiter, 'a');
    for (let i = 0; i < 1_000; i++) await limiter.take(`newcomer ${i}`, START);
    expect((await limiter.take('a', START)).ok).toBe(false);
    expect(await limiter.take('one more', START)).toEqual({ ok: false, retryAfterMs: 100 });
    expect((await limiter.take('newcomer 0', START)).ok).toBe(true);
  });

  it('takes newcomers again once others have their burst back', async () => {
    const limiter = new MemoryRateLimiter(LIMIT, 10);
    for (let i = 0; i < 10; i++) await takeBurst(limiter, `payer ${i}`);
    expect((await limiter.take('newcomer', START + 499)).ok).toBe(false);
    expect((await limiter.take('newcomer', START + 500)).ok).toBe(true);
  });

  it.each([
    { perSecond: 0, burst: 1 },
    { perSecond: -1, burst: 1 },
    { perSecond: Number.NaN, burst: 1 },
    { perSecond: Infinity, burst: 1 },
    { perSecond: 1, burst: 0.5 },
    { perSecond: 1, burst: Infinity },
    { perSecond: 1, burst: Number.NaN },
  ])('has a limit: %o', (limit) => {
    expect(() => new MemoryRateLimiter(limit)).toThrow(ConfigurationError);
    expect(() => new TokenBucket(limit, START)).toThrow(ConfigurationError);
  });

  it.each([0, 1.5, Number.NaN, Infinity])('is bounded: %d payers', (payers) => {
    expect(() => new MemoryRateLimiter(LIMIT, payers)).toThrow(ConfigurationError);
  });
});
