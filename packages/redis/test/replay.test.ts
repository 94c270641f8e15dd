import fc from 'fast-check';
import { Redis as Redis5 } from 'ioredis-5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeReplayStore } from '../../protocol/test/replay/contract.js';
import { START } from '../../protocol/test/replay/entries.js';
import { LIMITS, NaiveModel, callsOf, step } from '../../protocol/test/replay/model.js';
import { RedisReplayStore } from '../src/index.js';
import type { RedisReplayStoreOptions } from '../src/index.js';
import { REDIS_SERVER, TestRedis, ready } from './support/redis-server.js';
import type { RedisClient } from '../src/index.js';

let server: TestRedis;
let client: RedisClient;
let older: Redis5;
let stores = 0;

/** An empty store that began long before the tests do, among others on the same server. */
function open(options: RedisReplayStoreOptions = {}, by: RedisClient = client): Promise<RedisReplayStore> {
  const clock = () => START - 3_600_000;
  return RedisReplayStore.open(by, { prefix: `test-${stores++}`, maxClockSkewMs: 0, clock, ...options });
}

describe.skipIf(REDIS_SERVER === undefined)('on a server', () => {
  beforeAll(async () => {
    server = await TestRedis.start();
    client = await server.client();
    older = new Redis5({ host: '127.0.0.1', port: server.port, enableOfflineQueue: false });
    await ready(older);
  });

  afterAll(async () => {
    older.disconnect();
    await server.stop();
  });

  describeReplayStore('a store on Redis', (limits) => open(limits));
  describeReplayStore('a store on Redis, by ioredis 5', (limits) => open(limits, older));

  it('a store on Redis and a model that remembers everything agree on every outcome, whatever the clock does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 100 }), async (steps) => {
        const store = await open(LIMITS);
        const model = new NaiveModel();
        for (const { entries, now } of callsOf(steps))
          expect(await store.consume(entries, now)).toBe(model.consume(entries, now));
      }),
      { numRuns: 60 },
    );
  });
});
