import { describe, expect, it } from 'vitest';
import { MemoryPassportStore, MemoryReplayStore, createConnection, resolveSecurity } from '../../src/index.js';
import type { SecurityConfig } from '../../src/index.js';
import {
  INITIALIZE,
  Pair,
  TestAuthority,
  TestClock,
  call,
  lastDelivered,
  methods,
  reasons,
  resultOf,
} from './harness.js';
import type { Identity, Side } from './harness.js';

/** A server that makes a fresh connection for every message, as stateless HTTP does, from one configuration. */
class StatelessServer {
  readonly calls: unknown[] = [];
  readonly refused: string[] = [];

  constructor(private readonly config: SecurityConfig) {}

  async post(message: unknown): Promise<Record<string, unknown>[]> {
    const connection = await createConnection(this.config, { delivery: 'concurrent' });
    const answers: Record<string, unknown>[] = [];
    for (const item of await connection.open(message)) {
      if (item.type === 'report') this.refused.push((item.error as Error & { reason: string }).reason);
      if (item.type === 'answer') {
        for (const out of await connection.protect(item.answer)) if (out.type === 'send') answers.push(out.message);
      }
      if (item.type !== 'deliver') continue;
      const { id, method } = item.message as { id?: number; method?: string };
      if (method === 'tools/call') this.calls.push(id);
      if (id === undefined) continue;
      for (const out of await connection.protect(resultOf(id))) if (out.type === 'send') answers.push(out.message);
    }
    return answers;
  }
}

async function setUp(): Promise<{
  pair: Pair;
  server: StatelessServer;
  identity: Identity;
  authority: TestAuthority;
  clock: TestClock;
}> {
  const clock = new TestClock();
  const authority = await TestAuthority.create(clock);
  const identity = await authority.issue('server');
  const config = await resolveSecurity('server', {
    passport: identity.passport,
    privateKey: identity.privateKey,
    trustAnchors: [authority.anchor],
    stateless: true,
    clock: clock.read,
    replayStore: new MemoryReplayStore({ clock: clock.read }),
    passportStore: new MemoryPassportStore(),
  });
  const pair = await Pair.create({
    authority,
    client: { audience: identity.passport.passport_id },
    delivery: 'concurrent',
  });
  return { pair, server: new StatelessServer(config), identity, authority, clock };
}

/** Sends from the client, posts to the server, and feeds every answer back, until nothing is left. */
async function exchange(pair: Pair, server: StatelessServer, message: Record<string, unknown>): Promise<void> {
  const queue = [await pair.sign('client', message)];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const answer of await server.post(next)) {
      const side: Side = pair.client;
      for (const item of await side.connection.open(answer)) {
        if (item.type === 'deliver') side.delivered.push(item);
        if (item.type === 'report') side.reports.push(item.error as never);
        if (item.type !== 'answer') continue;
        for (const out of await side.connection.protect(item.answer)) if (out.type === 'send') queue.push(out.message);
      }
    }
  }
}

describe('without a handshake', () => {
  it('carries the passport until the server has shown that it holds it', async () => {
    const { pair, server } = await setUp();
    await exchange(pair, server, call(1));
    expect(lastDelivered(pair.client)).toEqual(resultOf(1));
    const second = await pair.sign('client', call(2));
    expect(JSON.stringify(second)).not.toContain('dev.mcps/passport');
    expect(server.calls).toEqual([1]);
  });

  it('repeats a call once, with the passport, for a server that has never seen it', async () => {
    const { pair, server, identity, authority, clock } = await setUp();
    await exchange(pair, server, call(1));
    const forgetful = await resolveSecurity('server', {
      passport: identity.passport,
      privateKey: identity.privateKey,
      trustAnchors: [authority.anchor],
      stateless: true,
      clock: clock.read,
    });
    clock.advance(10);
    const other = new StatelessServer(forgetful);
    await exchange(pair, other, call(2));
    expect(other.refused).toEqual(['unknown_passport']);
    expect(other.calls).toEqual([2]);
    expect(lastDelivered(pair.client)).toEqual(resultOf(2));
    expect(reasons(pair.client)).toEqual([]);
  });

  it('refuses the first try once the repetition has been carried out', async () => {
    const { pair, server, identity, authority, clock } = await setUp();
    await exchange(pair, server, call(1));
    const config = await resolveSecurity('server', {
      passport: identity.passport,
      privateKey: identity.privateKey,
      trustAnchors: [authority.anchor],
      stateless: true,
      clock: clock.read,
    });
    clock.advance(10);
    const other = new StatelessServer(config);
    const first = await pair.sign('client', call(2));
    const [refusal] = await other.post(first);
    const [answer] = await pair.client.connection.open(refusal);
    if (answer?.type !== 'answer') throw new Error('The call was not repeated');
    const [repeated] = await pair.client.connection.protect(answer.answer);
    if (repeated?.type !== 'send') throw new Error('The repetition was not signed');
    await other.post(repeated.message);
    await other.post(first);
    await other.post(repeated.message);
    expect(other.calls).toEqual([2]);
    expect(other.refused).toEqual(['unknown_passport', 'nonce_repeated', 'nonce_repeated']);
  });

  it('needs the name of the server that it addresses', async () => {
    const pair = await Pair.create();
    await pair.send('client', call(1));
    expect(pair.client.failures[0]).toMatchObject({ name: 'ConfigurationError', code: 'option_missing' });
    expect(methods(pair.server)).toEqual([]);
  });

  it('keeps what was meant for a session out of a stateless server', async () => {
    const { server, identity, authority } = await setUp();
    const pair = await Pair.create({ authority, serverIdentity: identity });
    await pair.initialize();
    await server.post(await pair.sign('client', call(1)));
    expect(server.calls).toEqual([]);
    expect(server.refused).toEqual(['unknown_passport']);
    await server.post(await pair.sign('client', INITIALIZE).catch(() => call(2)));
    expect(server.calls).toEqual([]);
  });

  it('refuses what was signed before the replay store began, where nothing else would stop it', async () => {
    const { pair, identity, authority, clock } = await setUp();
    const message = await pair.sign('client', call(1));
    clock.advance(1_000);
    const restarted = await resolveSecurity('server', {
      passport: identity.passport,
      privateKey: identity.privateKey,
      trustAnchors: [authority.anchor],
      stateless: true,
      clock: clock.read,
    });
    const server = new StatelessServer(restarted);
    await server.post(message);
    expect(server.calls).toEqual([]);
    expect(server.refused).toEqual(['below_store_floor']);
  });
});
