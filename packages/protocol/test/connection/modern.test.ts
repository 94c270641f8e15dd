import { describe, expect, it } from 'vitest';
import { MemoryKnownPeers } from '../../src/index.js';
import type { JsonObject } from '../../src/index.js';
import { INITIALIZE, Pair, call, lastDelivered, methods, reasons, resultOf } from './harness.js';
import { MODERN_ATTACKS } from './modern-attacks.js';
import { acquainted, cancelled, claims, discover, discovered, methodNotFound, modern, modernCall } from './modern.js';

const meta = (message: JsonObject | undefined, container: 'params' | 'result'): JsonObject =>
  ((message?.[container] as JsonObject)['_meta'] ?? {}) as JsonObject;

describe('a client without a handshake', () => {
  it('asks the server what it is, and addresses the passport that answers', async () => {
    const pair = await acquainted();
    expect(lastDelivered(pair.server)).toEqual(discover());
    expect(lastDelivered(pair.client)).toEqual(discovered());
    expect(pair.client.connection.state).toBe('stateless');
    expect(pair.client.connection.peer?.agent.name).toBe('server');
    await pair.send('client', modernCall(1));
    await pair.send('server', resultOf(1));
    expect(lastDelivered(pair.server)).toEqual(modernCall(1));
    expect(lastDelivered(pair.client)).toEqual(resultOf(1));
    const { message } = pair.traffic.find((item) => item.message['method'] === 'tools/call') ?? {};
    expect(meta(message, 'params')['dev.mcps/context']).toEqual({
      audience: pair.server.connection.peerPassport === undefined ? '' : pair.serverConfig.passport.passport_id,
      direction: 'client',
    });
    expect(JSON.stringify(message)).not.toContain('dev.mcps/passport');
    expect([...reasons(pair.client), ...reasons(pair.server)]).toEqual([]);
  });

  it('introduces both sides in the question and its answer, and in nothing else', async () => {
    const pair = await acquainted();
    const [question, answer] = pair.traffic.map(({ message }) => message);
    expect(Object.keys(meta(question, 'params'))).toEqual(
      expect.arrayContaining(['dev.mcps/hello', 'dev.mcps/passport', 'dev.mcps/envelope']),
    );
    expect(meta(question, 'params')).not.toHaveProperty(['dev.mcps/context']);
    expect(meta(question, 'params')['io.modelcontextprotocol/clientCapabilities']).toMatchObject({
      extensions: { 'dev.mcps/secure': { versions: ['1.0'] } },
    });
    expect(Object.keys(meta(answer, 'result'))).toEqual(
      expect.arrayContaining(['dev.mcps/hello', 'dev.mcps/passport', 'dev.mcps/re', 'dev.mcps/envelope']),
    );
    expect(answer).toMatchObject({ result: { capabilities: { extensions: { 'dev.mcps/secure': {} } } } });
  });

  it('holds what it sends until it knows the server, whose endpoint it remembers first', async () => {
    const order: string[] = [];
    const knownPeers = new MemoryKnownPeers();
    const add = knownPeers.add.bind(knownPeers);
    knownPeers.add = async (endpoint) => {
      order.push(endpoint);
      await add(endpoint);
    };
    const pair = await Pair.create({ client: { knownPeers }, connection: { endpoint: 'https://server.example' } });
    await pair.send('client', discover());
    await pair.send('client', modernCall(1));
    expect(methods(pair.server)).toEqual(['server/discover']);
    pair.wire = (message, from) => {
      if (from === 'client') order.push(String(message['method']));
      return [message];
    };
    await pair.send('server', discovered());
    expect(methods(pair.server)).toEqual(['server/discover', 'tools/call']);
    expect(order).toEqual(['https://server.example', 'tools/call']);
  });

  it('asks again, and then addresses whoever answers now', async () => {
    const pair = await acquainted();
    await pair.send('client', discover('probe-2'));
    await pair.send('client', modernCall(1));
    await pair.send('server', discovered('probe-2'));
    await pair.send('server', resultOf(1));
    expect(pair.client.delivered.map(({ message }) => message['id'])).toEqual(['probe-1', 'probe-2', 1]);
    expect(reasons(pair.client)).toEqual([]);
  });

  it('cancels a request, and hears of its progress', async () => {
    const pair = await acquainted();
    await pair.send('client', modernCall(1));
    await pair.send('server', {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 1, progress: 1 },
    });
    await pair.send('client', cancelled(1));
    expect(methods(pair.client)).toEqual(['answer', 'notifications/progress']);
    expect(methods(pair.server)).toEqual(['server/discover', 'tools/call', 'notifications/cancelled']);
    expect([...reasons(pair.client), ...reasons(pair.server)]).toEqual([]);
  });

  it('knows the server by name alone where it is configured, without asking', async () => {
    const pair = await Pair.create({
      client: { audience: 'https://server.example' },
      server: { audience: 'https://server.example' },
    });
    await pair.send('client', modernCall(1));
    await pair.send('server', resultOf(1));
    await pair.send('client', modernCall(2));
    expect(methods(pair.server)).toEqual(['tools/call', 'tools/call']);
    expect(lastDelivered(pair.client)).toEqual(resultOf(1));
    const second = pair.traffic.at(-1)?.message;
    expect(meta(second, 'params')['dev.mcps/context']).toMatchObject({
      audience: pair.serverConfig.passport.passport_id,
    });
  });

  it('hears of the progress of its first request from a server whose passport it has never seen', async () => {
    const pair = await Pair.create({
      client: { audience: 'https://server.example' },
      server: { audience: 'https://server.example' },
    });
    const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } };
    await pair.send('client', modernCall(1));
    await pair.send('server', progress);
    await pair.send('server', resultOf(1));
    await pair.send('server', progress);
    expect(methods(pair.client)).toEqual(['notifications/progress', 'answer', 'notifications/progress']);
    const shown = pair.traffic.map(({ message }) => JSON.stringify(message).includes('dev.mcps/passport"'));
    expect(shown).toEqual([true, true, true, false]);
    expect(reasons(pair.client)).toEqual([]);
  });

  it('has no session to go on with later', async () => {
    const pair = await acquainted();
    await pair.send('client', modernCall(1));
    await pair.send('server', resultOf(1));
    for (const side of [pair.client, pair.server]) {
      expect(side.connection.snapshot()).toBeUndefined();
      expect(side.connection.session).toBeUndefined();
      expect(side.connection.peer?.session).toBeUndefined();
    }
  });
});

describe('a session after the question', () => {
  const works = async (pair: Pair): Promise<void> => {
    await pair.initialize();
    await pair.send('client', call(1));
    await pair.send('server', resultOf(1));
    expect([pair.client.connection.state, pair.server.connection.state]).toEqual(['established', 'established']);
    expect(pair.client.connection.session).toBe(pair.server.connection.session);
    expect(lastDelivered(pair.client)).toEqual(resultOf(1));
  };

  it('begins where the server does not know the question', async () => {
    const pair = await Pair.create();
    await pair.send('client', discover());
    await pair.send('server', methodNotFound());
    expect(lastDelivered(pair.client)).toEqual(methodNotFound());
    expect(pair.client.connection.state).toBe('idle');
    await works(pair);
    expect([...reasons(pair.client), ...reasons(pair.server)]).toEqual([]);
  });

  it('begins where the answer names no revision that the client speaks', async () => {
    const pair = await acquainted();
    await works(pair);
    expect([...reasons(pair.client), ...reasons(pair.server)]).toEqual([]);
  });

  it('begins where the question is never answered', async () => {
    const pair = await Pair.create();
    pair.wire = (message) => (message['method'] === 'server/discover' ? [] : [message]);
    await pair.send('client', discover());
    await works(pair);
  });

  it('begins where the question is answered too late', async () => {
    const pair = await Pair.create();
    await pair.send('client', discover());
    const late = await pair.sign('server', discovered());
    await pair.initialize();
    await pair.arrive('client', late);
    expect(reasons(pair.client)).toEqual(['context_missing']);
    expect(pair.client.connection.state).toBe('established');
  });

  it('begins where the question was refused', async () => {
    const pair = await Pair.create({ server: { connectionLimit: { perSecond: 1, burst: 1 } } });
    await pair.arrive('server', { jsonrpc: '2.0', method: 'notifications/noise' });
    await pair.send('client', discover());
    expect(lastDelivered(pair.client)).toMatchObject({ error: { data: { reason: 'connection_limit' } } });
    expect(pair.client.connection.state).toBe('idle');
    pair.clock.advance(10_000);
    await pair.send('client', INITIALIZE);
    expect(methods(pair.server)).toEqual(['initialize']);
  });

  it('begins after two questions, the first of which was answered too late', async () => {
    const pair = await Pair.create();
    await pair.send('client', discover('probe-1'));
    await pair.send('client', discover('probe-2'));
    await pair.send('server', methodNotFound('probe-1'));
    await pair.send('server', discovered('probe-2'));
    expect(pair.client.connection.state).toBe('stateless');
    await works(pair);
  });
});

describe('a server that keeps sessions', () => {
  it('takes no message without a session that does not say so itself', async () => {
    const pair = await acquainted();
    await pair.send('client', modernCall(1));
    await pair.send('client', call(2));
    await pair.send('client', modern(call(3), '2025-11-25'));
    await pair.send('client', modern(call(4), 'DRAFT-2026'));
    expect(methods(pair.server)).toEqual(['server/discover', 'tools/call']);
    expect(reasons(pair.server)).toEqual(['session_unknown', 'session_unknown', 'session_unknown']);
  });

  it('takes messages of a later revision', async () => {
    const pair = await acquainted();
    await pair.send('client', modern(call(1), '2027-03-01'));
    expect(methods(pair.server)).toEqual(['server/discover', 'tools/call']);
  });

  it('delivers no advertisement of MCPS, whatever message it stands in', async () => {
    const pair = await acquainted();
    const capabilities = { elicitation: {}, extensions: { 'dev.mcps/secure': { versions: ['1.0'] } } };
    const params = { _meta: { ...claims(), 'io.modelcontextprotocol/clientCapabilities': capabilities } };
    await pair.send('client', { jsonrpc: '2.0', id: 1, method: 'tools/list', params });
    expect(lastDelivered(pair.server)).toEqual(modern({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));
  });

  it('answers a question asked of it before its own start, as a child process does', async () => {
    const pair = await Pair.create();
    const question = await pair.sign('client', discover());
    pair.clock.advance(5_000);
    const late = await Pair.create({ authority: pair.authority });
    await late.arrive('server', question);
    expect(methods(late.server)).toEqual(['server/discover']);
  });
});

describe('while it only observes', () => {
  const broken = (message: JsonObject): JsonObject[] => {
    const changed = structuredClone(message) as { params?: { _meta: Record<string, { nonce?: string }> } };
    const envelope = changed.params?._meta['dev.mcps/envelope'];
    if (envelope !== undefined) envelope.nonce = 'f'.repeat(32);
    return [changed];
  };

  it('a server reports a broken question, and answers it as it would any other', async () => {
    const pair = await Pair.create({ server: { mode: 'observe' } });
    pair.wire = broken;
    await pair.send('client', discover());
    expect(lastDelivered(pair.server)).toMatchObject({ method: 'server/discover' });
    expect(pair.server.delivered[0]?.identity).toBeUndefined();
    await pair.send('server', discovered());
    expect(pair.traffic.at(-1)?.message).toMatchObject({ result: { _meta: { 'dev.mcps/hello': {} } } });
    expect(reasons(pair.server)).toEqual(['signature_invalid']);
  });

  it('a server serves a broken request without a session', async () => {
    const pair = await acquainted({ server: { mode: 'observe' } });
    pair.wire = broken;
    await pair.send('client', modernCall(1));
    pair.wire = (message) => [message];
    expect(pair.server.delivered.at(-1)).toMatchObject({ message: { id: 1 }, identity: undefined });
    await pair.send('server', resultOf(1));
    expect(pair.traffic.at(-1)?.message).toMatchObject({ id: 1, result: {} });
    expect(reasons(pair.server)).toEqual(['signature_invalid']);
  });

  it('a client goes on with an unsigned answer', async () => {
    const pair = await Pair.create({ client: { mode: 'observe' } });
    await pair.sign('client', discover());
    await pair.arrive('client', discovered());
    expect(lastDelivered(pair.client)).toEqual(discovered());
    expect(pair.client.connection.state).toBe('plain');
    expect(reasons(pair.client)).toEqual(['envelope_missing']);
  });
});

describe('an attacker on a connection without a handshake', () => {
  for (const [name, attack] of Object.entries(MODERN_ATTACKS)) it(name, attack);
});
