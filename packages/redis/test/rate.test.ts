import { ConfigurationError } from '@mcps/protocol';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRateLimiter } from '../../protocol/test/rate/contract.js';
import { RedisRateLimiter } from '../src/index.js';
import { REDIS_SERVER, TestRedis } from './support/redis-server.js';
import type { Redis } from 'ioredis';

describe.skipIf(REDIS_SERVER === undefined)('on a server', () => {
  let server: TestRedis;
  let client: Redis;
  let limiters = 0;

  beforeAll(async () => {
    server = await TestRedis.start();
    client = await server.client();
  });

  afterAll(() => server.stop());

  describeRateLimiter('a rate limiter on Redis', async (limit) => ({
    limiter: new RedisRateLimiter(client, limit, { prefix: `test-${limiters++}` }),
    now: Date.now,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }));

  it('is one for all replicas', async () => {
    const limit = { perSecond: 0.01, burst: 5 };
    const replicas = await Promise.all(
      [1, 2, 3].map(async () => new RedisRateLimiter(await server.client(), limit, { prefix: 'fleet' })),
    );
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => replicas[i % 3]?.take('agent', Date.now())),
    );
    expect(outcomes.filter((outcome) => outcome?.ok === true)).toHaveLength(5);
  });

  it('goes by the clock of the server, whatever a replica believes', async () => {
    const limiter = new RedisRateLimiter(client, { perSecond: 0.01, burst: 1 }, { prefix: 'clock' });
    expect((await limiter.take('agent', 0)).ok).toBe(true);
    expect((await limiter.take('agent', Date.now() + 86_400_000)).ok).toBe(false);
  });

  it('leaves nothing behind for payers who are quiet, and nothing on the client', async () => {
    const limiter = new RedisRateLimiter(client, { perSecond: 100, burst: 2 }, { prefix: 'quiet' });
    await limiter.take('agent', Date.now());
    expect(await client.pttl('quiet:agent')).toBeGreaterThan(0);
    expect(await client.pttl('quiet:agent')).toBeLessThan(1_100);
    // The limiter of somebody else on the same client keeps its own script.
    const other = new RateLimiterRedis({ storeClient: client, keyPrefix: 'other', points: 3, duration: 100 });
    new RedisRateLimiter(client, { perSecond: 1, burst: 1 });
    expect((await other.consume('agent', 2)).remainingPoints).toBe(1);
  });

  it('refuses when the server is gone, at once', async () => {
    const own = await TestRedis.start();
    const limiter = new RedisRateLimiter(await own.client(), { perSecond: 10, burst: 10 });
    expect((await limiter.take('agent', Date.now())).ok).toBe(true);
    await own.kill();
    await expect(limiter.take('agent', Date.now())).rejects.toMatchObject({ name: 'RedisStoreError' });
    await own.stop();
  });

  it('refuses when the server does not answer in time', async () => {
    const own = await TestRedis.start();
    const limiter = new RedisRateLimiter(
      await own.client(),
      { perSecond: 10, burst: 10 },
      { commandTimeoutMs: 100, maxPendingCommands: 2 },
    );
    await limiter.take('agent', Date.now());
    own.signal('SIGSTOP');
    await expect(limiter.take('agent', Date.now())).rejects.toMatchObject({ code: 'timed_out' });
    await expect(limiter.take('agent', Date.now())).rejects.toMatchObject({ code: 'timed_out' });
    // What the client still holds is bounded.
    await expect(limiter.take('agent', Date.now())).rejects.toMatchObject({ code: 'overloaded' });
    own.signal('SIGCONT');
    await own.stop();
  });
});

describe('its options', () => {
  const nobody = { evalsha: () => Promise.reject(new Error()), eval: () => Promise.reject(new Error()) };

  it.each([
    [{ perSecond: 0, burst: 1 }, {}],
    [{ perSecond: 1, burst: 0 }, {}],
    [{ perSecond: 1, burst: 1 }, { prefix: '' }],
    [{ perSecond: 1, burst: 1 }, { prefix: 'a{b}' }],
    [{ perSecond: 1, burst: 1 }, { commandTimeoutMs: 0 }],
    [{ perSecond: 1, burst: 1 }, { maxPendingCommands: 1.5 }],
  ])('are checked: %o %o', (limit, options) => {
    expect(() => new RedisRateLimiter(nobody, limit, options)).toThrow(ConfigurationError);
  });
});
