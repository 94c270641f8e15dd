import { expect } from 'vitest';
import {
  MemoryKnownPeers,
  MemoryPassportStore,
  MemoryReplayStore,
  addProfile,
  classifyMessage,
  openEnvelope,
  replyDigest,
  signMessage,
} from '../../src/index.js';
import type { JsonObject, ProfileMembers, SecurityOptions } from '../../src/index.js';
import { INITIALIZE, INITIALIZE_RESULT, Pair, call, lastDelivered, methods, reasons, resultOf } from './harness.js';
import type { Identity, Wire } from './harness.js';
import { acquainted, cancelled, claims, discover, discovered, methodNotFound, modern, modernCall } from './modern.js';

const isCall = (message: JsonObject): boolean => message['method'] === 'tools/call';
const calls = (pair: Pair): unknown[] =>
  pair.server.delivered.filter(({ message }) => isCall(message)).map(({ message }) => message['id']);

/** Changes what each call says of itself. */
function restating(changed: JsonObject): Wire {
  return (message) => {
    if (!isCall(message)) return [message];
    const params = message['params'] as JsonObject;
    return [{ ...message, params: { ...params, _meta: { ...(params['_meta'] as JsonObject), ...changed } } }];
  };
}

/** A message signed by whoever has the key, with the members that they like. */
async function signedBy(
  identity: Identity,
  pair: Pair,
  message: JsonObject,
  members: ProfileMembers,
): Promise<JsonObject> {
  const signed = await signMessage(addProfile(message, classifyMessage(message).kind, members), {
    passportId: identity.passport.passport_id,
    key: identity.privateKey,
    clock: pair.clock.read,
  });
  return signed.message;
}

async function digestOf(request: JsonObject): Promise<string> {
  const opened = openEnvelope(request);
  if (opened.carrier === 'none') throw new Error('The request is not signed');
  return replyDigest(opened);
}

const withoutEnvelope = (message: JsonObject): JsonObject => {
  const { _meta: _removed, ...params } = message['params'] as JsonObject;
  return { ...message, params: { ...params, _meta: claims() } };
};

const LENIENT: Partial<SecurityOptions> = { requireSecurity: false, minTrustLevel: 0 };

/** Attacks on connections without a handshake. Each rejects if the attack gets through. */
export const MODERN_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  'changes the capabilities that a request states': async () => {
    const pair = await acquainted();
    pair.wire = restating({ 'io.modelcontextprotocol/clientCapabilities': { sampling: {} } });
    await pair.send('client', modernCall(1));
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['signature_invalid']);
  },

  'changes the revision that a request states': async () => {
    const pair = await acquainted();
    pair.wire = restating({ 'io.modelcontextprotocol/protocolVersion': '2026-11-11' });
    await pair.send('client', modernCall(1));
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['signature_invalid']);
  },

  'relays a call without a session to another server that keeps them': async () => {
    const a = await acquainted();
    const clientPassport = a.server.connection.peerPassport;
    if (clientPassport === undefined) throw new Error('the client is not known');
    const passportStore = new MemoryPassportStore({ clock: a.clock.read });
    await passportStore.put(clientPassport);
    const b = await Pair.create({ authority: a.authority, server: { passportStore } });
    await b.arrive('server', await a.sign('client', modernCall(1)));
    expect(calls(b)).toEqual([]);
    expect(reasons(b.server)).toEqual(['audience_mismatch']);
  },

  'replays a call without a session on another connection': async () => {
    const pair = await acquainted();
    const message = await pair.sign('client', modernCall(1));
    await pair.arrive('server', message);
    await pair.arrive('server', structuredClone(message));
    expect(calls(pair)).toEqual([1]);
    expect(reasons(pair.server)).toEqual(['nonce_repeated']);
  },

  'answers a request in place of the server that the client knows': async () => {
    const pair = await acquainted();
    const other = await pair.authority.issue('other');
    const request = await pair.sign('client', modernCall(1));
    const audience = pair.server.connection.peerPassport?.id ?? '';
    const answer = await signedBy(other, pair, resultOf(1, 'forged'), {
      re: await digestOf(request),
      passport: { passport: other.passport },
      context: { audience, direction: 'server' },
    });
    await pair.arrive('client', answer);
    expect(lastDelivered(pair.client)).toMatchObject({ id: 1, error: { data: { outcome: 'unknown' } } });
    expect(reasons(pair.client)).toEqual(['signer_changed']);
  },

  'answers the question with what answered another one': async () => {
    const authority = (await Pair.create()).authority;
    const [clientIdentity, serverIdentity] = [await authority.issue('agent'), await authority.issue('server')];
    const before = await Pair.create({ authority, clientIdentity, serverIdentity });
    await before.send('client', discover());
    const old = await before.sign('server', discovered());
    const pair = await Pair.create({ authority, clientIdentity, serverIdentity });
    await pair.sign('client', discover());
    await pair.arrive('client', old);
    expect(pair.client.connection.state).toBe('idle');
    expect(reasons(pair.client)).toEqual(['reply_mismatch']);
  },

  'passes an ordinary answer off as the introduction of the server': async () => {
    const authority = (await Pair.create()).authority;
    const serverIdentity = await authority.issue('server');
    const pair = await Pair.create({ authority, serverIdentity });
    const question = await pair.sign('client', discover());
    const answer = await signedBy(serverIdentity, pair, discovered(), {
      re: await digestOf(question),
      passport: { passport: serverIdentity.passport },
    });
    await pair.arrive('client', answer);
    expect(pair.client.connection.state).toBe('idle');
    expect(reasons(pair.client)).toEqual(['hello_missing']);
  },

  'asks for a server without introducing itself': async () => {
    const authority = (await Pair.create()).authority;
    const agent = await authority.issue('agent');
    const pair = await Pair.create({ authority });
    const question = await signedBy(agent, pair, discover(), { passport: { passport: agent.passport } });
    await pair.arrive('server', question);
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['hello_missing']);
  },

  'answers the question unsigned': async () => {
    const pair = await Pair.create();
    await pair.sign('client', discover());
    await pair.arrive('client', discovered());
    expect(lastDelivered(pair.client)).toMatchObject({ error: { data: { outcome: 'unknown' } } });
    expect(reasons(pair.client)).toEqual(['envelope_missing']);
    expect(pair.client.connection.state).toBe('idle');
  },

  'strips MCPS off the answer to the question between peers that would do without it': async () => {
    const pair = await Pair.create({ client: LENIENT, server: LENIENT });
    pair.wire = (message, from) => {
      if (from === 'client') return [message];
      const { _meta: _removed, ...result } = message['result'] as JsonObject;
      return [{ ...message, result }];
    };
    await pair.send('client', discover());
    await pair.send('server', discovered());
    expect(pair.client.connection.state).toBe('idle');
    expect(reasons(pair.client)).toEqual(['downgrade']);
  },

  'answers the question in place of a server that has spoken MCPS before': async () => {
    const endpoint = 'https://server.example/mcp';
    const knownPeers = new MemoryKnownPeers();
    const options = { client: { ...LENIENT, knownPeers }, connection: { endpoint } };
    await acquainted(options);
    for (const unsigned of [discovered(), methodNotFound()]) {
      const pair = await Pair.create(options);
      await pair.sign('client', discover());
      await pair.arrive('client', unsigned);
      expect(pair.client.connection.state).toBe('idle');
      expect(reasons(pair.client)).toEqual(['downgrade']);
    }
  },

  'answers the question in place of a server that has told only that it does not know it': async () => {
    const endpoint = 'https://server.example/mcp';
    const knownPeers = new MemoryKnownPeers();
    const options = { client: { ...LENIENT, knownPeers }, connection: { endpoint } };
    const before = await Pair.create(options);
    await before.send('client', discover());
    await before.send('server', methodNotFound());
    const pair = await Pair.create(options);
    await pair.sign('client', discover());
    await pair.arrive('client', discovered());
    expect(reasons(pair.client)).toEqual(['downgrade']);
  },

  'strips MCPS off the handshake that follows a signed answer': async () => {
    const pair = await Pair.create({ client: LENIENT, server: LENIENT });
    await pair.send('client', discover());
    await pair.send('server', methodNotFound());
    await pair.sign('client', INITIALIZE);
    await pair.arrive('client', INITIALIZE_RESULT);
    expect(pair.client.connection.state).not.toBe('plain');
    expect(reasons(pair.client)).toEqual(['downgrade']);
  },

  'answers the second question unsigned, for a client that knows the server': async () => {
    const pair = await acquainted({ client: LENIENT });
    await pair.sign('client', discover('probe-2'));
    await pair.arrive('client', discovered('probe-2'));
    expect(pair.client.connection.state).toBe('stateless');
    expect(reasons(pair.client)).toEqual(['downgrade']);
  },

  'sends an unsigned request where the client has signed its question': async () => {
    const pair = await acquainted({ server: LENIENT });
    await pair.arrive('server', modernCall(1));
    await pair.arrive('server', INITIALIZE);
    expect(methods(pair.server)).toEqual(['server/discover']);
    expect(reasons(pair.server)).toEqual(['envelope_missing', 'envelope_missing']);
  },

  'cancels a request without a signature': async () => {
    const pair = await acquainted({ server: LENIENT });
    await pair.send('client', modernCall(1));
    await pair.arrive('server', withoutEnvelope(await pair.sign('client', cancelled(1))));
    expect(methods(pair.server)).toEqual(['server/discover', 'tools/call']);
    expect(reasons(pair.server)).toEqual(['envelope_missing']);
  },

  'strips the envelope off the question of a client that says it speaks MCPS': async () => {
    const pair = await Pair.create({ client: LENIENT, server: LENIENT });
    pair.wire = (message, from) => {
      if (from === 'server') return [message];
      const params = message['params'] as JsonObject;
      const kept = Object.entries(params['_meta'] as JsonObject).filter(([name]) => !name.startsWith('dev.mcps/'));
      return [{ ...message, params: { ...params, _meta: Object.fromEntries(kept) } }];
    };
    await pair.send('client', discover());
    expect(methods(pair.server)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['downgrade']);
  },

  'begins a session where requests have been served without one': async () => {
    const pair = await acquainted();
    await pair.send('client', modernCall(1));
    const other = await Pair.create({ authority: pair.authority });
    await pair.arrive('server', await other.sign('client', INITIALIZE));
    expect(methods(pair.server)).toEqual(['server/discover', 'tools/call']);
    expect(reasons(pair.server)).toEqual(['session_mismatch']);
  },

  'slips a call without a session into the session of its sender': async () => {
    const authority = (await Pair.create()).authority;
    const [clientIdentity, serverIdentity] = [await authority.issue('agent'), await authority.issue('server')];
    const loose = await acquainted({ authority, clientIdentity, serverIdentity });
    const pair = await Pair.create({ authority, clientIdentity, serverIdentity });
    await pair.initialize();
    await pair.arrive('server', await loose.sign('client', modernCall(1)));
    expect(calls(pair)).toEqual([]);
    expect(reasons(pair.server)).toEqual(['session_mismatch']);
  },

  'asks a server in the midst of the session of another': async () => {
    const pair = await Pair.create();
    await pair.initialize();
    const other = await Pair.create({ authority: pair.authority });
    await pair.arrive('server', await other.sign('client', discover()));
    expect(methods(pair.server)).toEqual(['initialize', 'notifications/initialized']);
    expect(reasons(pair.server)).toEqual(['signer_changed']);
    expect(pair.server.connection.state).toBe('established');
  },

  'asks a server in the midst of a handshake': async () => {
    const pair = await Pair.create();
    await pair.send('client', INITIALIZE);
    const other = await Pair.create({ authority: pair.authority });
    await pair.arrive('server', await other.sign('client', discover()));
    expect(methods(pair.server)).toEqual(['initialize']);
    expect(reasons(pair.server)).toEqual(['signer_changed']);
  },

  'sends a message of an earlier revision where no session has begun': async () => {
    const pair = await acquainted();
    await pair.send('client', modernCall(1));
    await pair.send('client', modern(call(2), '2025-11-25'));
    await pair.send('client', { jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    expect(calls(pair)).toEqual([1]);
    expect(reasons(pair.server)).toEqual(['session_unknown', 'session_unknown']);
  },

  'makes itself the server of a client that has yet to hear from its own': async () => {
    const pair = await Pair.create({ client: { audience: 'https://server.example' } });
    const other = await pair.authority.issue('other');
    const first = await pair.sign('client', modernCall(1));
    const notification = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'here' } };
    const audience = openEnvelope(first) as { envelope?: { passportId: string } };
    await pair.arrive(
      'client',
      await signedBy(other, pair, notification, {
        passport: { passport: other.passport },
        context: { audience: audience.envelope?.passportId ?? '', direction: 'server' },
      }),
    );
    const second = await pair.sign('client', modernCall(2));
    expect(JSON.stringify(second)).not.toContain(other.passport.passport_id);
    expect(JSON.stringify(second)).toContain('https://server.example');
  },

  'replays a call to another replica of a fleet': async () => {
    const authority = (await Pair.create()).authority;
    const replayStore = new MemoryReplayStore({ clock: authority.clock.read });
    const passportStore = new MemoryPassportStore({ clock: authority.clock.read });
    const [clientIdentity, serverIdentity] = [await authority.issue('agent'), await authority.issue('server')];
    const shared = { authority, clientIdentity, serverIdentity, server: { replayStore, passportStore } };
    authority.clock.advance(10);
    const [a, b] = [await acquainted(shared), await Pair.create(shared)];
    const message = await a.sign('client', modernCall(1));
    await a.arrive('server', message);
    await b.arrive('server', structuredClone(message));
    expect([calls(a), calls(b)]).toEqual([[1], []]);
    expect(reasons(b.server)).toEqual(['nonce_repeated']);
  },
};
