import { expect, it } from 'vitest';
import { MemoryRateLimiter, resolveSecurity } from '../../src/index.js';
import { TestAuthority, TestClock } from './harness.js';

it('a rate limiter takes the place of the limit, and there is no telling what both would mean', async () => {
  const authority = await TestAuthority.create(new TestClock());
  const { passport, privateKey } = await authority.issue('server');
  const rateLimit = { perSecond: 1, burst: 1 };
  const rateLimiter = new MemoryRateLimiter(rateLimit);
  const base = { passport, privateKey, trustAnchors: [authority.anchor], clock: authority.clock.read };
  expect((await resolveSecurity('server', { ...base, rateLimiter })).passportLimiter).toBe(rateLimiter);
  await expect(resolveSecurity('server', { ...base, rateLimiter, rateLimit })).rejects.toMatchObject({
    code: 'option_invalid',
  });
});
