import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../../protocol/test/connection/harness.js';
import { restarted, setUpStateless } from '../../protocol/test/connection/stateless-server.js';
import { RedisReplayStore } from '../src/index.js';
import { REDIS_SERVER, TestRedis, ready } from './support/redis-server.js';

describe.skipIf(REDIS_SERVER === undefined)('servers that keep no session and share a store', () => {
  let redis: TestRedis;

  beforeEach(async () => {
    redis = await TestRedis.start();
  });

  afterEach(() => redis.stop());

  /** Servers of one service on one store, and an agent that has been up for longer than either. */
  async function fleet(size: number) {
    const world = await setUpStateless();
    const { clock, pair } = world;
    const client = await redis.client();
    const options = { clock: clock.read, maxClockSkewMs: 0, futureToleranceMs: 0 };
    const replicas = await Promise.all(
      Array.from({ length: size }, async () => restarted(world, await RedisReplayStore.open(client, options))),
    );
    clock.advance(1_000);
    return { client, clock, pair, replicas };
  }

  it('carry out a call once', async () => {
    const { pair, replicas } = await fleet(3);
    const message = await pair.sign('client', call(1));
    await Promise.all(replicas.flatMap((replica) => [replica.post(structuredClone(message)), replica.post(message)]));
    expect(replicas.flatMap(({ calls }) => calls)).toEqual([1]);
    const refused = replicas.flatMap((replica) => replica.refused);
    expect(refused).toEqual(['nonce_repeated', 'nonce_repeated', 'nonce_repeated', 'nonce_repeated', 'nonce_repeated']);
  });

  it('do not carry it out again after the store has forgotten it', async () => {
    const { pair, clock, client, replicas } = await fleet(2);
    const [a, b] = replicas;
    const message = await pair.sign('client', call(1));
    await a?.post(message);
    await redis.kill();
    await b?.post(message);
    const back = new Promise<void>((resolve) => client.once('ready', resolve));
    await redis.start();
    await back;
    await ready(client);
    clock.advance(1_000);
    await b?.post(message);
    await a?.post(message);
    expect([a?.calls, b?.calls]).toEqual([[1], []]);
    expect([a?.refused, b?.refused]).toEqual([
      // B has used it up before it found out.
      ['nonce_repeated'],
      ['replay_store_unavailable', 'below_store_floor'],
    ]);
    // And are there for what is signed from now on.
    clock.advance(1_000);
    await b?.post(await pair.sign('client', call(2)));
    expect(b?.calls).toEqual([2]);
  });
});
