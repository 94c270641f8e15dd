import { expect } from 'vitest';
import { MemoryKnownPeers, MemoryReplayStore, openEnvelope } from '../../src/index.js';
import type { JsonObject } from '../../src/index.js';
import {
  INITIALIZE,
  INITIALIZE_RESULT,
  Pair,
  TestAuthority,
  TestClock,
  call,
  lastDelivered,
  methods,
  reasons,
  resultOf,
} from './harness.js';
import { discover, methodNotFound } from './modern.js';
import { ENDPOINT, connected, publishedServer, signPublished, storeWith } from './published.js';
import type { PublishedServer } from './published.js';

const UNKNOWN = { id: 0, error: { data: { outcome: 'unknown' } } };

/** Holds a client to having refused the answer to its `initialize`. */
function expectRefused({ pair }: { readonly pair: Pair }, reason: string): void {
  expect(reasons(pair.client)).toEqual([reason]);
  expect(pair.client.closed).toBe(true);
  expect(pair.client.delivered.map(({ message }) => message)).toMatchObject([UNKNOWN]);
}

/** A server that speaks the profile, and a client that would do without. */
async function profileServer(): Promise<{ readonly pair: Pair; readonly authority: TestAuthority }> {
  const authority = await TestAuthority.create(new TestClock());
  const serverIdentity = await authority.issue('server');
  const passportStore = await storeWith(authority, serverIdentity);
  const client = { allowPublishedPeers: true, passportStore };
  return { authority, pair: await Pair.create({ authority, serverIdentity, client }) };
}

/** An agent that calls two servers, the second of which serves published peers. */
async function twoServers(): Promise<{
  readonly a: Pair;
  readonly b: Pair;
  sign(message: JsonObject): Promise<JsonObject>;
}> {
  const clock = new TestClock();
  const authority = await TestAuthority.create(clock);
  const agent = await authority.issue('agent');
  const server = { allowPublishedPeers: true, passportStore: await storeWith(authority, agent) };
  const a = await Pair.create({ authority, clientIdentity: agent });
  const b = await Pair.create({ authority, clientIdentity: agent, server });
  await a.initialize();
  return { a, b, sign: (message) => signPublished(agent, clock, message) };
}

const callsOf = (pair: Pair): unknown[] => methods(pair.server).filter((method) => method === 'tools/call');

/** Attacks where published peers are served. Each rejects if the attack gets through. */
export const PUBLISHED_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'answers in the published form in place of a server that has answered with the profile before': async () => {
    const knownPeers = new MemoryKnownPeers();
    const connection = { endpoint: ENDPOINT };
    const before = await Pair.create({ client: { knownPeers }, connection });
    await before.initialize();
    const server = await publishedServer({ client: { knownPeers }, connection });
    await server.pair.send('client', INITIALIZE);
    await server.answer(INITIALIZE_RESULT);
    expectRefused(server, 'downgrade');
  },

  'answers in the published form after a refusal with the profile, on one connection': async () => {
    const { pair, authority } = await profileServer();
    await pair.send('client', discover());
    await pair.send('server', methodNotFound());
    const thief = await authority.issue('thief');
    pair.wire = () => [];
    await pair.send('client', INITIALIZE);
    const shown = await storeWith(authority, thief);
    const passport = await shown.get(thief.passport.passport_id);
    if (passport !== undefined) await pair.clientConfig.passportStore.put(passport);
    await pair.arrive('client', await signPublished(thief, pair.clock, INITIALIZE_RESULT));
    expect(reasons(pair.client)).toEqual(['downgrade']);
    expect(pair.client.connection.state).toBe('closed');
  },

  'strips all of the profile off the answer of a server': async () => {
    const { pair } = await profileServer();
    pair.wire = (message, from) => {
      if (from === 'client') return [message];
      const opened = openEnvelope(message);
      if (opened.carrier === 'none') throw new Error('The answer is not signed');
      const { _meta: _members, ...result } = opened.message['result'] as JsonObject;
      const { passportId: passport_id, version, nonce, timestamp, signature } = opened.envelope;
      return [{ ...opened.message, result, mcps: { version, passport_id, nonce, timestamp, signature } }];
    };
    await pair.send('client', INITIALIZE);
    await pair.send('server', INITIALIZE_RESULT);
    expectRefused({ pair }, 'signature_invalid');
  },

  'answers with a refusal of the server that answers another message': async () => {
    const { pair } = await profileServer();
    await pair.arrive('server', INITIALIZE);
    const refusal = pair.traffic.at(-1)?.message;
    expect(JSON.stringify(refusal)).not.toContain('dev.mcps/re"');
    pair.client.reports.length = 0;
    pair.client.delivered.length = 0;
    pair.wire = () => [];
    await pair.send('client', INITIALIZE);
    pair.clock.advance(1);
    await pair.arrive('server', INITIALIZE);
    await pair.arrive('client', pair.traffic.at(-1)?.message);
    expectRefused({ pair }, 'reply_unbound');
  },

  'replays the answer of a published server': async () => {
    const replayStore = new MemoryReplayStore({ clock: () => 0 });
    const first = await publishedServer({ client: { replayStore } });
    const answer = await first.sign(INITIALIZE_RESULT);
    const second = await publishedServer({ world: first, client: { replayStore } });
    for (const { pair } of [first, second]) {
      await pair.send('client', INITIALIZE);
      await pair.arrive('client', structuredClone(answer));
    }
    expect(lastDelivered(first.pair.client)).toEqual(INITIALIZE_RESULT);
    expectRefused(second, 'nonce_repeated');
  },

  'replays the answer of a published server after a restart of its client': async () => {
    const first = await publishedServer();
    const answer = await first.sign(INITIALIZE_RESULT);
    first.clock.advance(1_000);
    const restarted = await publishedServer({ world: first });
    await restarted.pair.send('client', INITIALIZE);
    await restarted.pair.arrive('client', answer);
    expectRefused(restarted, 'below_store_floor');
  },

  'replays the answer of a published client after a restart of its server': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const agent = await authority.issue('agent');
    const sign = (message: JsonObject): Promise<JsonObject> => signPublished(agent, clock, message);
    const old = await sign(resultOf(7));
    clock.advance(1_000);
    const server = { allowPublishedPeers: true, passportStore: await storeWith(authority, agent) };
    const pair = await Pair.create({ authority, clientIdentity: agent, server });
    pair.wire = () => [];
    await pair.arrive('server', await sign(call(1)));
    await pair.send('server', { jsonrpc: '2.0', id: 7, method: 'ping' });
    await pair.arrive('server', old);
    expect(methods(pair.server)).toEqual(['tools/call', 'answer']);
    expect(lastDelivered(pair.server)).toMatchObject({ id: 7, error: { data: { outcome: 'unknown' } } });
    expect(reasons(pair.server)).toEqual(['below_store_floor']);
  },

  'answers a call in place of a published server, under a passport of its own': async () => {
    const server = await connected();
    const { pair, authority, clock } = server;
    const thief = await authority.issue('thief');
    const shown = await (await storeWith(authority, thief)).get(thief.passport.passport_id);
    if (shown !== undefined) await pair.clientConfig.passportStore.put(shown);
    await pair.send('client', call(1));
    await pair.arrive('client', await signPublished(thief, clock, resultOf(1, 'stolen')));
    expect(reasons(pair.client)).toEqual(['signer_changed']);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 1, error: { data: { outcome: 'unknown' } } });
  },

  'gives a client of a published server an answer that it has not asked for': async () => {
    const server = await connected();
    await server.pair.send('client', call(1));
    await server.answer(resultOf('1'));
    await server.answer(resultOf(1));
    await server.answer(resultOf(1, 'again'));
    expect(answersOf(server)).toEqual([INITIALIZE_RESULT, resultOf(1)]);
    expect(reasons(server.pair.client)).toEqual(['reply_mismatch', 'reply_mismatch']);
  },

  'relays a call of a session to another server, which serves published peers': async () => {
    const { a, b } = await twoServers();
    await b.arrive('server', await a.sign('client', call(1)));
    expect(callsOf(b)).toEqual([]);
    expect(reasons(b.server)).toEqual(['session_unknown']);
  },

  'relays a call of a session to another server, which its agent speaks the published form to': async () => {
    const { a, b, sign } = await twoServers();
    await b.arrive('server', await sign(call(1)));
    await b.arrive('server', await a.sign('client', call(2)));
    expect(callsOf(b)).toHaveLength(1);
    expect(reasons(b.server)).toEqual(['audience_mismatch']);
  },
};

function answersOf({ pair }: PublishedServer): JsonObject[] {
  return pair.client.delivered.map(({ message }) => message);
}
