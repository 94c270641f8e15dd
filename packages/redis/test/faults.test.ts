import type { ReplayEntry } from '@mcps/protocol';
import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { START, WINDOW_MS, entry, nonce } from '../../protocol/test/replay/entries.js';
import { RedisReplayStore } from '../src/index.js';
import type { RedisClient, RedisReplayStoreOptions } from '../src/index.js';
import { REDIS_SERVER, TestRedis, freePort, ready } from './support/redis-server.js';

const HOUR_MS = 3_600_000;
const META = '{mcps:replay}:meta';
const NONCES = '{mcps:replay}:nonces';
const ACCOUNTS = '{mcps:replay}:accounts';

/** Begins so long before the tests that its floor is in nobody's way. */
const LONG_AGO: RedisReplayStoreOptions = { clock: () => START - HOUR_MS, maxClockSkewMs: 0 };

const servers: TestRedis[] = [];

async function startServer(...settings: string[]): Promise<TestRedis> {
  const server = await TestRedis.start(...settings);
  servers.push(server);
  return server;
}

/** Lets a client find another server at its address, as one behind Sentinel or a name does after a fail-over. */
async function failOver(client: Redis, to: TestRedis): Promise<void> {
  client.options.port = to.port;
  client.disconnect(true);
  await new Promise<void>((resolve) => client.once('ready', resolve));
}

const copyTo = async (replicas: readonly RedisReplayStore[], copy: number, message: ReplayEntry) =>
  replicas[copy % replicas.length]?.consume([message], START);

const fresh = (number: number) => entry({ nonce: nonce(number) });

describe.skipIf(REDIS_SERVER === undefined)('replicas', () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('accept a message once between them, however many copies arrive where', async () => {
    const server = await startServer();
    const replicas = await Promise.all(
      [1, 2, 3].map(async () => RedisReplayStore.open(await server.client(), LONG_AGO)),
    );
    for (let message = 0; message < 20; message++) {
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, copy) => copyTo(replicas, copy, fresh(message))),
      );
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(59);
    }
    expect(replicas[0]?.shared).toBe(true);
  });

  it('carry out a repeated call once, whichever try arrives first where', async () => {
    const server = await startServer();
    const a = await RedisReplayStore.open(await server.client(), LONG_AGO);
    const b = await RedisReplayStore.open(await server.client(), LONG_AGO);
    for (let call = 0; call < 20; call++) {
      const [first, second] = [fresh(2 * call), fresh(2 * call + 1)];
      const outcomes = await Promise.all([a.consume([first], START), b.consume([second, first], START)]);
      expect(outcomes.toSorted()).toEqual(['accepted', 'repeated']);
      const later = await Promise.all([a.consume([second], START), b.consume([first], START)]);
      expect(later[1]).toBe('repeated');
      expect(later[0]).toBe(outcomes[1] === 'accepted' ? 'repeated' : 'accepted');
    }
  });

  it('whose clocks differ keep a nonce until the slowest of them refuses the message', async () => {
    const server = await startServer();
    const store = await RedisReplayStore.open(await server.client(), { ...LONG_AGO, maxClockSkewMs: 10_000 });
    const message = fresh(1);
    await store.consume([message], START);
    const ahead = message.expiresAtMs + 9_000;
    const next = entry({ nonce: nonce(2), expiresAtMs: ahead + WINDOW_MS });
    expect(await store.consume([next], ahead)).toBe('accepted');
    expect(await store.consume([message], message.expiresAtMs)).toBe('repeated');
    expect(store.size).toBe(2);
  });
});

describe.skipIf(REDIS_SERVER === undefined)('a server', () => {
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('that dies in the middle leaves nobody waiting, and is used again once it is back', async () => {
    const server = await startServer();
    const client = await server.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    const under = Array.from({ length: 200 }, (_, i) => store.consume([fresh(i)], START));
    const killed = server.kill();
    const outcomes = await Promise.allSettled(under);
    await killed;
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toBe('accepted');
      else expect(outcome.reason).toMatchObject({ name: 'RedisStoreError' });
    }
    await expect(store.consume([fresh(500)], START)).rejects.toMatchObject({ name: 'RedisStoreError' });
    await expect(RedisReplayStore.open(client)).rejects.toMatchObject({ name: 'RedisStoreError' });
    await server.start();
    await ready(client);
    // Another nonce: what failed may have been carried out all the same.
    expect(await store.consume([fresh(501)], START)).toBe('accepted');
  });

  it('that stands still is given up in time', async () => {
    const server = await startServer();
    const store = await RedisReplayStore.open(await server.client(), {
      ...LONG_AGO,
      commandTimeoutMs: 100,
      maxPendingCommands: 3,
    });
    server.signal('SIGSTOP');
    for (let i = 0; i < 3; i++)
      await expect(store.consume([fresh(i)], START)).rejects.toMatchObject({ code: 'timed_out' });
    await expect(store.consume([fresh(4)], START)).rejects.toMatchObject({ code: 'overloaded' });
    server.signal('SIGCONT');
  });

  it('that restarts without its memory has a floor over all that it forgot', async () => {
    const server = await startServer();
    const client = await server.client();
    const [store, other] = [
      await RedisReplayStore.open(client, LONG_AGO),
      await RedisReplayStore.open(await server.client(), LONG_AGO),
    ];
    // As early as a message can be accepted, and as late.
    const dated = (ms: number, number: number) => entry({ nonce: nonce(number), expiresAtMs: START + ms + WINDOW_MS });
    const ahead = dated(60_000, 2);
    expect(await store.consume([dated(-WINDOW_MS, 1), ahead], START)).toBe('accepted');
    await server.kill();
    const restarted = new Promise<void>((resolve) => client.once('ready', resolve));
    await server.start();
    await restarted;
    expect(store.floorMs()).toBeLessThan(ahead.expiresAtMs);
    await store.consume([ahead], START + 1);
    expect(store.floorMs()).toBeGreaterThanOrEqual(ahead.expiresAtMs);
    await other.consume([fresh(3)], START + 1);
    expect(other.floorMs()).toBe(store.floorMs());
    // Not longer than it must be.
    expect(store.floorMs()).toBe(START + 1 + 60_000 + WINDOW_MS);
  });

  it('that takes over with an older state has a floor over what it never heard of', async () => {
    const [primary, standby] = [await startServer(), await startServer()];
    const client = await primary.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    expect(await store.consume([fresh(1)], START)).toBe('accepted');
    const admin = await standby.client();
    await admin.replicaof('127.0.0.1', primary.port);
    while (!(await admin.info('replication')).includes('master_link_status:up')) await pause(20);
    while ((await admin.exists(META)) === 0) await pause(20);
    await admin.replicaof('NO', 'ONE');
    expect(await store.consume([fresh(2)], START)).toBe('accepted');
    expect(store.floorMs()).toBeLessThan(START);

    await failOver(client, standby);
    expect(await store.consume([fresh(1)], START)).toBe('repeated');
    await store.consume([fresh(2)], START);
    expect(store.floorMs()).toBeGreaterThanOrEqual(START + 60_000 + WINDOW_MS);
  });

  it('that takes over and evicts is refused', async () => {
    const [primary, standby] = [await startServer(), await startServer('--maxmemory-policy', 'allkeys-lru')];
    const client = await primary.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    await failOver(client, standby);
    await expect(store.consume([fresh(1)], START)).rejects.toMatchObject({ code: 'eviction_policy' });
    expect(await (await standby.client()).dbsize()).toBe(0);
  });

  it.each(['allkeys-lru', 'volatile-lru', 'volatile-ttl', 'allkeys-random'])(
    'that evicts (%s) is refused from the start',
    async (policy) => {
      const server = await startServer('--maxmemory-policy', policy);
      const opening = RedisReplayStore.open(await server.client());
      await expect(opening).rejects.toMatchObject({ name: 'RedisStoreError', code: 'eviction_policy' });
      await expect(opening).rejects.toThrow(policy);
    },
  );

  it('whose policy has changed since is refused by the next replica that starts', async () => {
    const server = await startServer();
    const client = await server.client();
    await RedisReplayStore.open(client);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(RedisReplayStore.open(client)).rejects.toMatchObject({ code: 'eviction_policy' });
  });

  it('that is out of memory refuses, and has changed nothing', async () => {
    const server = await startServer();
    const client = await server.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    await store.consume([fresh(1)], START);
    const before = await client.hgetall(META);
    await client.config('SET', 'maxmemory', '1');
    await expect(store.consume([fresh(2), fresh(3)], START)).rejects.toMatchObject({ code: 'command_failed' });
    expect(await client.zcard(NONCES)).toBe(1);
    expect(await client.hgetall(META)).toEqual(before);
    // What it holds, it still knows.
    expect(await store.consume([fresh(1)], START)).toBe('repeated');
    await client.config('SET', 'maxmemory', '0');
    expect(await store.consume([fresh(3), fresh(2)], START)).toBe('accepted');
  });

  it.each([META, NONCES, ACCOUNTS])('that holds something else at %s refuses', async (key) => {
    const server = await startServer();
    const client = await server.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    await client.del(key);
    await client.set(key, 'something else');
    await expect(store.consume([fresh(1)], START)).rejects.toMatchObject({ code: 'command_failed' });
  });

  it.each([
    ['nonces', [NONCES]],
    ['accounts', [ACCOUNTS]],
    ['both', [NONCES, ACCOUNTS]],
    ['its own record', [META]],
    ['everything', [META, NONCES, ACCOUNTS]],
  ])('that loses %s has a floor over all that it forgot', async (_title, keys) => {
    const server = await startServer();
    const client = await server.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    const [first, last] = [fresh(1), entry({ nonce: nonce(2), expiresAtMs: START + 60_000 + WINDOW_MS })];
    await store.consume([first, last], START);
    await client.del(...keys);
    await store.consume([fresh(3)], START);
    expect(store.floorMs()).toBeGreaterThanOrEqual(last.expiresAtMs);
    expect(store.size).toBe(1);
    // And goes on from there.
    const later = entry({ nonce: nonce(4), expiresAtMs: store.floorMs() + 1 });
    expect(await store.consume([later], START + 90_000)).toBe('accepted');
    expect(await store.consume([later], START + 90_000)).toBe('repeated');
  });

  it('that nobody has used for long keeps its floor only, which is in nobody’s way', async () => {
    const server = await startServer();
    const client = await server.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    await store.consume([fresh(1)], START);
    for (const key of [NONCES, ACCOUNTS]) {
      const ttl = await client.pttl(key);
      expect(ttl).toBeGreaterThan(fresh(1).expiresAtMs - START);
      expect(ttl).toBeLessThan(HOUR_MS);
      await client.pexpire(key, 1);
    }
    await pause(20);
    expect(await client.keys('*')).toEqual([META]);
    const later = START + HOUR_MS;
    const message = entry({ nonce: nonce(2), expiresAtMs: later + 1 });
    expect(await store.consume([message], later)).toBe('accepted');
    expect(store.floorMs()).toBeLessThan(later);
  });

  it('that has lost its scripts is given them again', async () => {
    const server = await startServer();
    const client = await server.client();
    const store = await RedisReplayStore.open(client, LONG_AGO);
    await client.script('FLUSH');
    expect(await store.consume([fresh(1)], START)).toBe('accepted');
  });

  it('is asked once, for whatever number of entries', async () => {
    const server = await startServer();
    const client = await server.client();
    let calls = 0;
    const counting: RedisClient = {
      evalsha: (...args) => {
        calls += 1;
        return client.evalsha(...args);
      },
      eval: (...args) => {
        calls += 1;
        return client.eval(...args);
      },
    };
    const store = await RedisReplayStore.open(counting, LONG_AGO);
    calls = 0;
    expect(await store.consume([fresh(1), fresh(2)], START)).toBe('accepted');
    expect(await store.consume([fresh(1)], START)).toBe('repeated');
    expect(calls).toBe(2);
  });

  it('in a cluster holds a store in one slot', async () => {
    const server = await startServer(
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      String(await freePort()),
      '--cluster-announce-ip',
      '127.0.0.1',
    );
    const admin = await server.client();
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await admin.cluster('INFO')).includes('cluster_state:ok')) await pause(20);
    const cluster = new Cluster([{ host: '127.0.0.1', port: server.port }], { enableOfflineQueue: false });
    await ready(cluster);
    const store = await RedisReplayStore.open(cluster, LONG_AGO);
    expect(await store.consume([fresh(1), fresh(2)], START)).toBe('accepted');
    expect(await store.consume([fresh(2), fresh(3)], START)).toBe('repeated');
    cluster.disconnect();
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
