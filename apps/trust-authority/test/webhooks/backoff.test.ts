import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY, retryDelayMs } from '../../src/webhooks/backoff.js';

const policy = { firstDelayMs: 1000, maxDelayMs: 60_000, maxAttempts: 5 };

describe('the time between tries', () => {
  it('doubles, up to a limit, however often it has failed', () => {
    const longest = [1, 2, 3, 4, 7, 8, 100, 10_000].map((failed) => retryDelayMs(policy, failed, () => 1));
    expect(longest).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000, 60_000, 60_000]);
  });

  it('is shortened by chance, by half at most', () => {
    expect(retryDelayMs(policy, 3, () => 0)).toBe(2000);
    expect(retryDelayMs(policy, 3, () => 0.5)).toBe(3000);
    const delays = new Set(Array.from({ length: 50 }, () => retryDelayMs(policy, 3)));
    expect(delays.size).toBeGreaterThan(5);
  });

  it('spans hours by default, so that a night without a receiver loses nothing', () => {
    const { maxAttempts } = DEFAULT_RETRY_POLICY;
    let totalMs = 0;
    for (let failed = 1; failed < maxAttempts; failed += 1) {
      totalMs += retryDelayMs(DEFAULT_RETRY_POLICY, failed, () => 0);
    }
    expect(totalMs).toBeGreaterThan(8 * 3_600_000);
  });
});
