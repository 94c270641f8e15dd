import { ConfigurationError } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { START, entry } from '../../protocol/test/replay/entries.js';
import { RedisReplayStore, RedisStoreError } from '../src/index.js';
import type { RedisClient, RedisReplayStoreOptions } from '../src/index.js';

/** A client whose server always says the same. */
function saying(reply: unknown): RedisClient {
  const answer = () => Promise.resolve(reply);
  return { evalsha: answer, eval: answer };
}

describe('options are checked', () => {
  it.each<RedisReplayStoreOptions>([
    { capacity: 0 },
    { capacity: 1.5 },
    { capacity: 2 ** 31 },
    { perPassport: 0 },
    { perPool: Number.NaN },
    { unanchoredShare: 0 },
    { unanchoredShare: 1.1 },
    { windowMs: -1 },
    { futureToleranceMs: Number.NaN },
    { maxClockSkewMs: Infinity },
    { prefix: '' },
    { prefix: 'a}b' },
    { prefix: 'x'.repeat(129) },
    { commandTimeoutMs: 0 },
    { maxPendingCommands: -1 },
  ])('%o', async (options) => {
    const client = saying(['accepted', 0, 0]);
    await expect(RedisReplayStore.open(client, options)).rejects.toThrow(ConfigurationError);
  });

  it('a clock that tells no time', async () => {
    const client = saying(['accepted', 0, 0]);
    await expect(RedisReplayStore.open(client, { clock: () => Number.NaN })).rejects.toThrow(TypeError);
  });
});

describe('a reply that the script does not make is no acceptance', () => {
  it.each([
    [null],
    ['accepted'],
    [1],
    [[]],
    [['accepted']],
    [['accepted', 0]],
    [['accepted', 'x', 0]],
    [['ACCEPTED', 0, 0]],
    [[1, 0, 0]],
    [{ 0: 'accepted', 1: 0, 2: 0 }],
  ])('%j', async (reply) => {
    await expect(RedisReplayStore.open(saying(reply))).rejects.toMatchObject({ code: 'reply_malformed' });
  });
});

describe('a client', () => {
  it('without a connection is not asked: what it queues would be sent long after', async () => {
    let sent = 0;
    const count = async () => {
      sent += 1;
      return ['accepted', 0, 0];
    };
    const client = { evalsha: count, eval: count, status: 'ready' };
    const store = await RedisReplayStore.open(client);
    client.status = 'reconnecting';
    await expect(store.consume([entry()], START)).rejects.toMatchObject({ code: 'not_connected' });
    expect(sent).toBe(1);
  });

  it('that fails is quoted as the cause', async () => {
    const cause = new Error('no such luck');
    const fail = () => Promise.reject(cause);
    await expect(RedisReplayStore.open({ evalsha: fail, eval: fail })).rejects.toMatchObject({
      code: 'command_failed',
      cause,
    });
    expect(new RedisStoreError('timed_out', 'late')).toBeInstanceOf(Error);
  });

  it('never lowers the floor', async () => {
    const replies = [
      ['accepted', 5_000, 0],
      ['accepted', 4_000, 1],
    ];
    const next = async () => replies.shift();
    const store = await RedisReplayStore.open({ evalsha: next, eval: next });
    await store.consume([entry()], START);
    expect(store.floorMs()).toBe(5_000);
  });
});
