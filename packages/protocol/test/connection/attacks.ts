import { expect } from 'vitest';
import {
  addProfile,
  issuePassport,
  openEnvelope,
  signMessage,
  signSessionBinding,
  takeProfile,
} from '../../src/index.js';
import type { Binding, JsonObject } from '../../src/index.js';
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
import type { Identity, Wire } from './harness.js';

/** Changes the first message that matches, and lets everything else pass. */
function once(matches: (message: JsonObject) => boolean, change: (message: JsonObject) => readonly JsonObject[]): Wire {
  let done = false;
  return (message) => {
    if (done || !matches(message)) return [message];
    done = true;
    return change(message);
  };
}

const isCall = (message: JsonObject): boolean => message['method'] === 'tools/call';
const hasResult = (message: JsonObject): boolean => message['result'] !== undefined;

function withArguments(message: JsonObject, args: JsonObject): JsonObject {
  return { ...message, params: { ...(message['params'] as JsonObject), arguments: args } };
}

function withoutEnvelope(message: JsonObject, container: 'params' | 'result'): JsonObject {
  const { _meta: _removed, ...rest } = message[container] as JsonObject;
  return { ...message, [container]: rest };
}

async function established(): Promise<Pair> {
  const pair = await Pair.create();
  await pair.initialize();
  return pair;
}

/** The calls that the server's application has seen. */
const calls = (pair: Pair): unknown[] =>
  pair.server.delivered.filter(({ message }) => isCall(message)).map(({ message }) => message['id']);

/** Each attack, as a function that rejects if the attack gets through. What the check behind it is, `test/checks-removed` shows. */
export const ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'changes a call: its signature breaks': async () => {
    const pair = await established();
    pair.wire = once(isCall, (message) => [withArguments(message, { path: '/etc/passwd' })]);
    await pair.send('client', call(1));
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['signature_invalid']);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 1, error: { data: { outcome: 'unknown' } } });
  },

  'does not stop the next honest call by having one refused': async () => {
    const pair = await established();
    pair.wire = once(isCall, (message) => [withArguments(message, { changed: true })]);
    await pair.send('client', call(1));
    await pair.send('client', call(2));
    await pair.send('server', resultOf(2));
    expect(calls(pair)).toEqual([2]);
    expect(lastDelivered(pair.client)).toEqual(resultOf(2));
  },

  'replays a call': async () => {
    const pair = await established();
    pair.wire = once(isCall, (message) => [message, structuredClone(message)]);
    await pair.send('client', call(1));
    expect(calls(pair)).toEqual([1]);
    expect(pair.server.reports[0]?.code).toBe('MCPS-005');
  },

  'keeps a call back beyond the window': async () => {
    const pair = await established();
    const late = await pair.sign('client', call(1));
    pair.clock.advance(300_001);
    await pair.arrive('server', late);
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['timestamp_too_old']);
  },

  'dates a call ahead': async () => {
    const pair = await established();
    pair.clock.advance(60_002);
    const early = await pair.sign('client', call(1));
    pair.clock.advance(-60_002);
    await pair.arrive('server', early);
    expect(reasons(pair.server)).toEqual(['timestamp_in_future']);
  },

  'drops a notification, which shows with the next message': async () => {
    const pair = await established();
    pair.wire = once(
      (message) => message['method'] === 'notifications/cancelled',
      () => [],
    );
    await pair.send('client', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } });
    await pair.send('client', call(1));
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['sequence_gap']);
    await pair.send('client', call(2));
    expect(calls(pair)).toEqual([2]);
  },

  'swaps two notifications': async () => {
    const pair = await established();
    const first = await pair.sign('client', { jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    const second = await pair.sign('client', {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 9 },
    });
    const before = pair.server.delivered.length;
    await pair.arrive('server', second);
    await pair.arrive('server', first);
    expect(pair.server.delivered.length).toBe(before);
    expect(reasons(pair.server)).toEqual(['sequence_gap', 'sequence_repeated']);
  },

  'throws a message back at its sender': async () => {
    const pair = await established();
    const message = await pair.sign('client', { jsonrpc: '2.0', id: 7, method: 'ping' });
    await pair.arrive('client', message);
    expect(methods(pair.client)).toEqual(['answer']);
    expect(reasons(pair.client)).toEqual(['signer_is_self']);
  },

  'throws a message back whose key both sides share': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const shared = await authority.issue('shared');
    const pair = await Pair.create({ authority, clientIdentity: shared, serverIdentity: shared });
    await pair.send('client', INITIALIZE);
    expect(reasons(pair.server)).toEqual(['signer_is_self']);
  },

  'swaps two answers': async () => {
    const pair = await established();
    await pair.send('client', call(1));
    await pair.send('client', call(2));
    pair.wire = once(hasResult, (message) => [{ ...message, id: 2 }]);
    await pair.send('server', resultOf(1, 'one'));
    expect(lastDelivered(pair.client)).toMatchObject({
      id: 2,
      error: { data: { reason: 'signature_invalid', outcome: 'unknown' } },
    });
  },

  'answers a call with the answer to an earlier one of the same id': async () => {
    const pair = await established();
    await pair.send('client', call(1));
    const earlier = await pair.sign('server', resultOf(1, 'earlier'));
    await pair.arrive('client', earlier);
    await pair.send('client', call(1));
    pair.wire = once(hasResult, () => [structuredClone(earlier)]);
    await pair.send('server', resultOf(1, 'later'));
    expect(lastDelivered(pair.client)).toMatchObject({ id: 1, error: { data: { outcome: 'unknown' } } });
    expect(pair.client.reports.length).toBe(1);
  },

  'binds an answer to the request: a server that answers another request than the one sent is refused': async () => {
    const pair = await established();
    const replaced = await pair.sign('client', call(1));
    await pair.send('client', call(1));
    await pair.arrive('server', replaced);
    await pair.send('server', resultOf(1));
    expect(reasons(pair.client)).toContain('reply_mismatch');
  },

  'forges a refusal, unsigned': async () => {
    const pair = await established();
    pair.wire = once(isCall, () => []);
    await pair.send('client', call(1));
    await pair.arrive('client', {
      jsonrpc: '2.0',
      id: 1,
      error: { code: -33001, message: 'x', data: { code: 'MCPS-001', reason: 'unknown_passport' } },
    });
    expect(reasons(pair.client)).toEqual(['envelope_missing']);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 1, error: { code: -33004, data: { outcome: 'unknown' } } });
  },

  'relays a call to another server': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const agent = await authority.issue('agent');
    const a = await Pair.create({ authority, clientIdentity: agent });
    const b = await Pair.create({ authority, clientIdentity: agent });
    await a.initialize();
    await b.initialize();
    await b.arrive('server', await a.sign('client', call(1)));
    expect(calls(b)).toEqual([]);
    expect(reasons(b.server)).toEqual(['audience_mismatch']);
  },

  'carries a call over from another session with the same server': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const [agent, server] = [await authority.issue('agent'), await authority.issue('server')];
    const first = await Pair.create({ authority, clientIdentity: agent, serverIdentity: server });
    const second = await Pair.create({ authority, clientIdentity: agent, serverIdentity: server });
    await first.initialize();
    await second.initialize();
    await second.arrive('server', await first.sign('client', call(1)));
    expect(reasons(second.server)).toEqual(['session_mismatch']);
  },

  'speaks on a session with a valid passport of its own': async () => {
    const pair = await established();
    const other = await Pair.create({ authority: pair.authority });
    await other.initialize();
    await pair.arrive('server', await other.sign('client', call(1)));
    expect(reasons(pair.server)).toEqual(['unknown_passport']);
    expect(calls(pair)).toEqual([]);
  },

  'strips the envelope off a call': async () => {
    const pair = await established();
    pair.wire = once(isCall, (message) => [withoutEnvelope(message, 'params')]);
    await pair.send('client', call(1));
    expect(reasons(pair.server)).toEqual(['envelope_missing']);
    expect(calls(pair)).toEqual([]);
  },

  'strips MCPS off the handshake': async () => {
    const pair = await Pair.create();
    pair.wire = (message, from) => [from === 'client' ? withoutEnvelope(message, 'params') : message];
    await pair.send('client', INITIALIZE);
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['envelope_missing']);
  },

  'strips MCPS off the handshake between peers that would do without it': async () => {
    const lax = { requireSecurity: false, minTrustLevel: 0 } as const;
    const pair = await Pair.create({ client: lax, server: lax });
    pair.wire = (message, from) => [from === 'client' ? withoutEnvelope(message, 'params') : message];
    await pair.send('client', INITIALIZE);
    expect(reasons(pair.server)).toEqual(['downgrade']);
    expect(methods(pair.server)).toEqual([]);
  },

  'answers the handshake in place of a server that has spoken MCPS before': async () => {
    const endpoint = 'https://tools.example/mcp';
    const lax = { requireSecurity: false, minTrustLevel: 0 } as const;
    const pair = await Pair.create({ client: lax, connection: { endpoint } });
    await pair.initialize();
    const knownPeers = { has: (name: string) => Promise.resolve(name === endpoint), add: () => Promise.resolve() };
    const next = await Pair.create({ client: { ...lax, knownPeers }, connection: { endpoint } });
    next.wire = () => [];
    await next.send('client', INITIALIZE);
    await next.arrive('client', INITIALIZE_RESULT);
    expect(reasons(next.client)).toEqual(['downgrade']);
    expect(next.client.closed).toBe(true);
  },

  'answers the handshake with the result of an earlier one': async () => {
    const pair = await established();
    const result = pair.traffic[1]?.message;
    const fresh = await Pair.create();
    fresh.wire = () => [];
    await fresh.send('client', INITIALIZE);
    await fresh.arrive('client', result);
    expect(fresh.client.closed).toBe(true);
    expect(methods(fresh.client)).toEqual(['answer']);
    expect(lastDelivered(fresh.client)).toMatchObject({ id: 0, error: { data: { outcome: 'unknown' } } });
  },

  'presents the passport of another agent': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const [victim, thief] = [await authority.issue('victim'), await authority.issue('thief')];
    const pair = await Pair.create({ authority, clientIdentity: { ...victim, privateKey: victim.privateKey } });
    const forged = await Pair.create({ authority, clientIdentity: thief });
    const message = await forged.sign('client', INITIALIZE);
    const params = message['params'] as JsonObject;
    const meta = params['_meta'] as JsonObject;
    const envelope = meta['dev.mcps/envelope'] as JsonObject;
    await pair.arrive('server', {
      ...message,
      params: {
        ...params,
        _meta: {
          ...meta,
          'dev.mcps/passport': { passport: victim.passport },
          'dev.mcps/envelope': { ...envelope, passport_id: victim.passport.passport_id },
        },
      },
    });
    expect(reasons(pair.server)).toEqual(['signature_invalid']);
  },

  'sends what an application may not': async () => {
    const pair = await established();
    await pair.send('client', { ...call(5), params: { name: 'x', _meta: { 'dev.mcps/context': {} } } });
    expect(pair.client.failures[0]).toMatchObject({ reason: 'reserved_member' });
    await pair.send('client', call(6));
    await pair.send('server', { jsonrpc: '2.0', id: 6, result: { _meta: { 'dev.mcps/re': 'x' } } });
    expect(lastDelivered(pair.client)).toMatchObject({ id: 6, error: { code: -32603 } });
  },

  'speaks with the key of the other side under another passport': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const server = await authority.issue('server');
    const passport = await issuePassport({
      authority: { issuer: authority.issuer, key: authority.privateKey },
      subject: { name: 'twin', version: '1.0.0', publicKey: server.publicKey },
      clock: clock.read,
      ttlSeconds: 3600,
    });
    const pair = await Pair.create({ authority, serverIdentity: server, clientIdentity: { ...server, passport } });
    await pair.send('client', INITIALIZE);
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['signer_is_self']);
  },

  'speaks on a session under a passport of its own, knowing the session': async () => {
    const pair = await established();
    const thief = await pair.authority.issue('thief');
    const session = pair.server.connection.session ?? '';
    const audience = pair.serverConfig.passport.passport_id;
    const { message } = await signMessage(
      addProfile(call(9), 'request', {
        context: { audience, direction: 'client', session, seq: 1 },
        passport: { passport: { ...thief.passport } },
      }),
      { passportId: thief.passport.passport_id, key: thief.privateKey, carrier: 'meta', clock: pair.clock.read },
    );
    await pair.arrive('server', message);
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['signer_changed']);
  },

  'hands the client a result that is bound to another handshake': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const serverIdentity = await authority.issue('server');
    const pair = await Pair.create({ authority, serverIdentity });
    pair.wire = once(hasResult, (message) => [message]);
    await pair.send('client', INITIALIZE);
    const honest = await pair.sign('server', INITIALIZE_RESULT);
    const rebound = await resigned(
      honest,
      'result',
      serverIdentity,
      clock,
      await signSessionBinding({ transcriptHash: '0'.repeat(64), role: 'server' }, serverIdentity.privateKey),
    );
    await pair.arrive('client', rebound);
    expect(pair.client.connection.state).toBe('closed');
    expect(reasons(pair.client)).toEqual(['binding_mismatch']);
  },

  'finishes a handshake with the binding of the other side': async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const clientIdentity = await authority.issue('agent');
    const pair = await Pair.create({ authority, clientIdentity });
    await pair.send('client', INITIALIZE);
    await pair.send('server', INITIALIZE_RESULT);
    const honest = await pair.sign('client', { jsonrpc: '2.0', method: 'notifications/initialized' });
    const transcriptHash = pair.client.connection.session ?? '';
    const asServer = await signSessionBinding({ transcriptHash, role: 'server' }, clientIdentity.privateKey);
    await pair.arrive('server', await resigned(honest, 'notification', clientIdentity, clock, asServer));
    expect(pair.server.connection.state).toBe('closed');
    expect(reasons(pair.server)).toEqual(['binding_signature_invalid']);
  },

  'calls before the handshake is proved': async () => {
    const pair = await Pair.create();
    await pair.send('client', INITIALIZE);
    await pair.send('server', INITIALIZE_RESULT);
    await pair.send('client', call(2));
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['binding_pending']);
  },
};

/** A message of a peer who holds the key and binds what it likes. */
async function resigned(
  signed: JsonObject,
  kind: 'result' | 'notification',
  identity: Identity,
  clock: TestClock,
  binding: Binding,
): Promise<JsonObject> {
  const opened = openEnvelope(signed);
  const { message, members } = takeProfile(opened.message, kind);
  const complete = addProfile(message, kind, { ...members, binding });
  const { passport, privateKey: key } = identity;
  return (await signMessage(complete, { passportId: passport.passport_id, key, carrier: 'meta', clock: clock.read }))
    .message;
}
