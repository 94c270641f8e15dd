import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisKnownPeers } from '../src/index.js';
import { REDIS_SERVER, TestRedis } from './support/redis-server.js';

let server: TestRedis;
let client: Awaited<ReturnType<TestRedis['client']>>;

describe.skipIf(REDIS_SERVER === undefined)('endpoints that have spoken MCPS', () => {
  beforeAll(async () => {
    server = await TestRedis.start();
    client = await server.client();
  });

  afterAll(() => server.stop());

  it('are known to all replicas of a client', async () => {
    const [one, other] = [new RedisKnownPeers(client), new RedisKnownPeers(await server.client())];
    expect(await other.has('https://tools.example/mcp')).toBe(false);
    await one.add('https://tools.example/mcp');
    expect(await other.has('https://tools.example/mcp')).toBe(true);
    expect(await other.has('https://tools.example/')).toBe(false);
    expect(await new RedisKnownPeers(client, { prefix: 'another' }).has('https://tools.example/mcp')).toBe(false);
  });

  it('are never forgotten: there is room, or one more is refused', async () => {
    const peers = new RedisKnownPeers(client, { prefix: 'full', capacity: 2 });
    await peers.add('a');
    await peers.add('b');
    await peers.add('a');
    await expect(peers.add('c')).rejects.toMatchObject({ code: 'state_unavailable' });
    expect([await peers.has('a'), await peers.has('b'), await peers.has('c')]).toEqual([true, true, false]);
  });

  it('are not entrusted to a server that evicts keys', async () => {
    const evicting = await TestRedis.start('--maxmemory-policy', 'allkeys-lru');
    try {
      const peers = new RedisKnownPeers(await evicting.client());
      await expect(peers.add('a')).rejects.toMatchObject({ code: 'eviction_policy' });
      expect(await peers.has('a')).toBe(false);
    } finally {
      await evicting.stop();
    }
  });

  it('are not taken to be unknown where the server cannot answer, or answers something else', async () => {
    const away = { evalsha: () => Promise.reject(new Error('gone')), eval: () => Promise.reject(new Error('gone')) };
    await expect(new RedisKnownPeers(away).has('a')).rejects.toMatchObject({ code: 'command_failed' });
    await expect(new RedisKnownPeers(away).add('a')).rejects.toMatchObject({ code: 'command_failed' });
    const odd = { evalsha: () => Promise.resolve(null), eval: () => Promise.resolve(null) };
    await expect(new RedisKnownPeers(odd).has('a')).rejects.toMatchObject({ code: 'reply_malformed' });
    await expect(new RedisKnownPeers(odd).add('a')).rejects.toMatchObject({ code: 'reply_malformed' });
  });

  it.each([{ capacity: 0 }, { prefix: 'a}b' }, { commandTimeoutMs: 0 }])('have sound limits: %o', (options) => {
    expect(() => new RedisKnownPeers(client, options)).toThrow(expect.objectContaining({ code: 'option_invalid' }));
  });
});
