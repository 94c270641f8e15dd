import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClassicClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as ClassicTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { REDIS_SERVER, TestRedis } from '../../../redis/test/support/redis-server.js';
import { secureFetch } from '../../src/http.js';
import { textOf, until } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { Fleet } from './support/fleet.js';
import type { FleetSettings } from './support/fleet.js';
import type { Answered, Choice, Recorded } from './support/fleet-proxy.js';

const CALLS = 24;

interface World {
  readonly fleet: Fleet;
  /** The text of the answer; rejects where there is none. */
  count(number: number): Promise<string>;
}

const cleanups: (() => Promise<void> | void)[] = [];
let parties: Parties;
let redis: TestRedis;

async function setUp(settings: FleetSettings): Promise<World> {
  const fleet = await Fleet.start(parties, redis.port, settings);
  cleanups.push(() => fleet.stop());
  const { url } = fleet.proxy;
  const fetch = secureFetch(globalThis.fetch, { ...parties.client.options, endpoint: url.href });
  cleanups.push(() => fetch.close());
  const client =
    settings.line === 'modern'
      ? new Client({ name: 'c', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
      : new ClassicClient({ name: 'c', version: '1' });
  cleanups.push(() => client.close());
  if (client instanceof Client) await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
  else await client.connect(new ClassicTransport(url, { fetch }));
  const count = async (number: number) => textOf(await client.callTool({ name: 'count', arguments: { number } }));
  return { fleet, count };
}

const numbers = Array.from({ length: CALLS }, (_, index) => index);
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const callsIn = (recorded: readonly Recorded[]) => recorded.filter(({ body }) => body.includes('"tools/call"'));

/** Gives the client whatever looks best, as an attacker who does not want to be noticed. */
const bestAnswer: Choice = (answers, turn) => answers.find(({ text }) => text.includes('"result"')) ?? answers[turn]!;

/** Gives the client the word of a replica that has not carried out the call, where there is one. */
const worstAnswer: Choice = (answers, turn) =>
  answers.find(({ text }) => text.includes('unknown_passport')) ?? answers[turn]!;

const reasonOf = ({ text }: Answered): string | undefined => /"reason":"(\w+)"/.exec(text)?.[1];

describe.skipIf(REDIS_SERVER === undefined)('three replicas behind a round-robin', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    parties = await makeParties();
  });

  // Each test has data of its own: nobody knows anybody.
  const withRedis = async (settings: FleetSettings): Promise<World> => {
    redis = await TestRedis.start();
    const own = redis;
    cleanups.push(() => own.stop());
    return setUp(settings);
  };

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  describe.each(['modern', 'classic'] as const)('of the %s line', (line) => {
    it('carry out each message once, sent to all of them at once and again later', async () => {
      const { fleet, count } = await withRedis({ line, sharesNonces: true, sharesPassports: true });
      fleet.proxy.sendsToAll = bestAnswer;
      expect(await Promise.all(numbers.map(count))).toEqual(numbers.map(String));
      expect(sorted(fleet.ran)).toEqual(numbers);
      const again = await Promise.all(fleet.proxy.recorded.map((message) => fleet.proxy.replay(message)));
      const calls = again.filter((_, index) => fleet.proxy.recorded[index]!.body.includes('"tools/call"'));
      expect(calls.length).toBeGreaterThanOrEqual(CALLS);
      expect(new Set(calls.flat().map(reasonOf))).toEqual(new Set(['nonce_repeated']));
      expect(sorted(fleet.ran)).toEqual(numbers);
    });

    it('know a passport that one of them has been shown: no call is made twice for it', async () => {
      const { fleet, count } = await withRedis({ line, sharesNonces: true, sharesPassports: true });
      for (const number of numbers.slice(0, 9)) expect(await count(number)).toBe(String(number));
      expect(callsIn(fleet.proxy.recorded)).toHaveLength(9);
      expect(fleet.proxy.recorded.filter(({ body }) => body.includes('dev.mcps/retry_of'))).toEqual([]);
      expect(sorted(fleet.ran)).toEqual(numbers.slice(0, 9));
    });

    it('ask for a passport where they do not share it, and carry out the call once all the same', async () => {
      const { fleet, count } = await withRedis({ line, sharesNonces: true, sharesPassports: false });
      for (const number of numbers.slice(0, 9)) expect(await count(number)).toBe(String(number));
      expect(fleet.proxy.recorded.some(({ body }) => body.includes('dev.mcps/retry_of'))).toBe(true);
      expect(sorted(fleet.ran)).toEqual(numbers.slice(0, 9));
    });

    it('carry out a call once where one of them asks for the passport after another has carried it out', async () => {
      const { fleet, count } = await withRedis({ line, sharesNonces: true, sharesPassports: false });
      fleet.proxy.sendsToAll = worstAnswer;
      const asked = numbers.slice(0, 9);
      const outcomes = await Promise.allSettled(asked.map(count));
      const known = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [Number(outcome.value)] : []));
      await until(() => fleet.ran.length >= asked.length, 'the calls');
      for (const message of fleet.proxy.recorded) await fleet.proxy.replay(message);
      expect(sorted(fleet.ran)).toEqual(asked);
      expect(asked).toEqual(expect.arrayContaining(known));
    });
  });

  it('carry out a message three times where each remembers nonces for itself: that is what sharing is for', async () => {
    const { fleet, count } = await withRedis({ line: 'modern', sharesNonces: false, sharesPassports: true });
    fleet.proxy.sendsToAll = bestAnswer;
    expect(await count(7)).toBe('7');
    await until(() => fleet.ran.length === 3, 'the copies');
    expect(fleet.ran).toEqual([7, 7, 7]);
  });
});
