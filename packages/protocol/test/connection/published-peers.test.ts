import { describe, expect, it } from 'vitest';
import { MemoryKnownPeers, MemoryPassportStore, createConnection } from '../../src/index.js';
import type { JsonObject, SecurityOptions } from '../../src/index.js';
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
import { discover, discovered, methodNotFound, modernCall } from './modern.js';
import { ENDPOINT, connected, publishedServer, signPublished, storeWith } from './published.js';
import { PUBLISHED_ATTACKS } from './published-attacks.js';

const INITIALIZED: JsonObject = { jsonrpc: '2.0', method: 'notifications/initialized' };
const INITIALIZE_ERROR: JsonObject = { jsonrpc: '2.0', id: 0, error: { code: -32602, message: 'Unsupported' } };

async function answered(
  client: Partial<SecurityOptions>,
  answer = INITIALIZE_RESULT,
): Promise<Awaited<ReturnType<typeof publishedServer>>> {
  const server = await publishedServer({ client });
  await server.pair.send('client', INITIALIZE);
  await server.answer(answer);
  return server;
}

describe('a client of a published server, where policy serves it', () => {
  it('takes its answers by their ids, in any order, and signs with nothing of the profile from then on', async () => {
    const server = await connected();
    const { pair } = server;
    expect(pair.client.connection.state).toBe('established');
    expect(pair.client.connection.session).toBeUndefined();
    expect(pair.client.connection.peer).toMatchObject({ level: 1, passportId: server.identity.passport.passport_id });
    await pair.send('client', call(1));
    await pair.send('client', call(2));
    await server.answer(resultOf(2, 'two'));
    await server.answer({ jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'one', data: 7 } });
    await server.answer({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await server.answer({ jsonrpc: '2.0', id: 0, method: 'ping' });
    await pair.send('client', { jsonrpc: '2.0', id: 0, result: {} });
    expect(pair.client.delivered.map(({ message }) => message)).toEqual([
      INITIALIZE_RESULT,
      resultOf(2, 'two'),
      { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'one', data: 7 } },
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
      { jsonrpc: '2.0', id: 0, method: 'ping' },
    ]);
    expect(pair.client.delivered.every(({ identity }) => identity?.level === 1)).toBe(true);
    expect(reasons(pair.client)).toEqual([]);
    const [opening, ...others] = pair.traffic.map(({ message }) => JSON.stringify(message));
    expect(opening).toContain('dev.mcps/hello');
    expect(others).toHaveLength(4);
    // What answers a request is bound to it, which a published peer passes over.
    for (const sent of others) expect(sent).not.toMatch(/dev\.mcps\/(hello|context|binding|passport)/);
  });

  it('sends what its application has said in the meantime once the answer is there', async () => {
    const server = await publishedServer();
    await server.pair.send('client', INITIALIZE);
    await server.pair.send('client', call(1));
    expect(server.pair.traffic).toHaveLength(1);
    await server.answer(INITIALIZE_RESULT);
    expect(server.pair.traffic.map(({ message }) => message['method'])).toEqual(['initialize', 'tools/call']);
  });

  it('takes an error for an answer, after which another attempt may follow', async () => {
    const server = await answered({}, INITIALIZE_ERROR);
    expect(lastDelivered(server.pair.client)).toEqual(INITIALIZE_ERROR);
    expect(server.pair.client.connection.state).toBe('idle');
    await server.pair.send('client', INITIALIZE);
    await server.answer(INITIALIZE_RESULT);
    expect(server.pair.client.connection.state).toBe('established');
  });

  it('falls back on a session where the server does not know the question what it is', async () => {
    const server = await publishedServer();
    await server.pair.send('client', discover());
    await server.answer(methodNotFound());
    expect(lastDelivered(server.pair.client)).toEqual(methodNotFound());
    await server.pair.send('client', INITIALIZE);
    await server.answer(INITIALIZE_RESULT);
    expect(server.pair.client.connection.state).toBe('established');
    expect(reasons(server.pair.client)).toEqual([]);
  });

  it('goes on with the session on another connection', async () => {
    const server = await connected();
    const snapshot = server.pair.client.connection.snapshot();
    if (snapshot === undefined) throw new Error('There is no session');
    const strict = await publishedServer({ world: server, client: { allowPublishedPeers: false } });
    const outcomes = [];
    for (const { clientConfig } of [server.pair, strict.pair]) {
      const connection = await createConnection(clientConfig, { delivery: 'ordered', snapshot });
      await connection.protect(call(1));
      outcomes.push(await connection.open(await server.sign(resultOf(1))));
    }
    expect(outcomes).toMatchObject([
      [{ type: 'deliver', message: resultOf(1) }],
      [{ type: 'deliver', message: { id: 1, error: { data: { reason: 'context_missing' } } } }, { type: 'report' }],
    ]);
  });
});

describe('a client refuses a published server', () => {
  it.each([
    ['without the option', { allowPublishedPeers: false }, 2, 'reply_unbound', 'MCPS-012'],
    ['whose level is too low', {}, 0, 'level_insufficient', 'MCPS-009'],
    ['that it does not expect', { expectedPeers: [`asp_${'0'.repeat(32)}`] }, 2, 'origin_mismatch', 'MCPS-011'],
    [
      'whose passport it does not hold',
      { passportStore: new MemoryPassportStore() },
      2,
      'unknown_passport',
      'MCPS-001',
    ],
  ] as const)('%s', async (_title, client, level, reason, code) => {
    const authority = await TestAuthority.create(new TestClock());
    const identity = await authority.issue('published-server', level);
    const server = await publishedServer({ world: { authority, identity }, client });
    await server.pair.send('client', INITIALIZE);
    await server.answer(INITIALIZE_RESULT);
    expect(server.pair.client.reports).toMatchObject([{ code, reason }]);
    expect(server.pair.client.closed).toBe(true);
    expect(methods(server.pair.client)).toEqual(['answer']);
    expect(lastDelivered(server.pair.client)).toMatchObject({ error: { data: { reason, outcome: 'unknown' } } });
  });

  it('that answers the question what it is otherwise than by an error', async () => {
    const server = await publishedServer();
    await server.pair.send('client', discover());
    await server.answer(discovered());
    expect(reasons(server.pair.client)).toEqual(['reply_unbound']);
    expect(server.pair.client.connection.state).toBe('idle');
  });

  it('whose error it cannot bind either, without the option', async () => {
    for (const [request, error] of [
      [INITIALIZE, INITIALIZE_ERROR],
      [discover(), methodNotFound()],
    ] as const) {
      const server = await publishedServer({ client: { allowPublishedPeers: false } });
      await server.pair.send('client', request);
      await server.answer(error);
      expect(reasons(server.pair.client)).toEqual(['reply_unbound']);
    }
  });
});

describe('an endpoint that signs as published 1.0 does', () => {
  const lax = { requireSecurity: false, minTrustLevel: 0, allowPublishedPeers: true } as const;
  const connection = { endpoint: ENDPOINT };

  it('is never taken for one without MCPS again, after an error either', async () => {
    for (const opening of [
      [INITIALIZE, INITIALIZE_RESULT],
      [discover(), methodNotFound()],
    ] as const) {
      const knownPeers = new MemoryKnownPeers();
      const before = await publishedServer({ client: { ...lax, knownPeers }, connection });
      await before.pair.send('client', opening[0]);
      await before.answer(opening[1]);
      const next = await publishedServer({ client: { ...lax, knownPeers }, connection });
      await next.pair.send('client', INITIALIZE);
      await next.pair.arrive('client', INITIALIZE_RESULT);
      expect(reasons(next.pair.client)).toEqual(['downgrade']);
    }
  });

  it('may come to speak the profile, and is held to that', async () => {
    const knownPeers = new MemoryKnownPeers();
    const client = { ...lax, knownPeers };
    const reasonsAfter = [];
    for (const speaks of ['published', 'published', 'profile', 'published'] as const) {
      const server = await publishedServer({ client, connection });
      const { pair } = server;
      if (speaks === 'profile') pair.wire = (message) => [message];
      if (speaks === 'profile') await pair.initialize();
      else {
        await pair.send('client', INITIALIZE);
        await server.answer(INITIALIZE_RESULT);
      }
      reasonsAfter.push(reasons(pair.client));
    }
    expect(reasonsAfter).toEqual([[], [], [], ['downgrade']]);
  });
});

describe('a server, for published clients', () => {
  async function world(
    server: Partial<SecurityOptions>,
  ): Promise<{ pair: Pair; say(message: JsonObject): Promise<void> }> {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const agent = await authority.issue('published-client');
    const passportStore = await storeWith(authority, agent);
    const pair = await Pair.create({ authority, clientIdentity: agent, server: { passportStore, ...server } });
    pair.wire = () => [];
    return { pair, say: async (message) => pair.arrive('server', await signPublished(agent, clock, message)) };
  }

  it('serves them with a session or without initialize, and binds its answers all the same', async () => {
    const { pair, say } = await world({ allowPublishedPeers: true });
    await say(INITIALIZE);
    await pair.send('server', INITIALIZE_RESULT);
    await say(INITIALIZED);
    await say(call(1));
    await pair.send('server', resultOf(1));
    expect(methods(pair.server)).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
    expect(JSON.stringify(pair.traffic.at(-1)?.message)).toContain('dev.mcps/re');
    const another = await world({ allowPublishedPeers: true });
    await another.say(call(1));
    expect(methods(another.pair.server)).toEqual(['tools/call']);
  });

  it('serves them where it keeps no sessions', async () => {
    const { pair, say } = await world({ allowPublishedPeers: true, stateless: true });
    await say(call(1));
    await pair.send('server', resultOf(1));
    expect(methods(pair.server)).toEqual(['tools/call']);
    expect(pair.traffic).toHaveLength(1);
    expect(reasons(pair.server)).toEqual([]);
  });

  it.each([
    [{}, INITIALIZE, 'hello_missing'],
    [{}, call(1), 'session_unknown'],
    [{}, modernCall(1), 'context_missing'],
    [{ stateless: true }, call(1), 'context_missing'],
  ])('refuses them without the option', async (options, message, reason) => {
    const { pair, say } = await world(options);
    await say(message);
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual([reason]);
  });
});

describe('an attacker where published peers are served', () => {
  for (const [name, attack] of Object.entries(PUBLISHED_ATTACKS)) it(name, attack);
});
