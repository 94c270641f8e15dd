import { InMemoryTransport } from '@modelcontextprotocol/client';
import { Server } from '@modelcontextprotocol/server';
import type { AuthInfo, JSONRPCMessage, ServerContext } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { describe, expect, it } from 'vitest';
import { callerIdentity, secureMCP, secureMCPClient, secureTransport } from '../../src/index.js';
import { tieToRequest, copyToSend, identityOfRequest } from '../../src/identity/handler-context.js';
import { textOf, until } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { isSigned } from '../harness/message.js';
import { makeParties, makeParty } from '../harness/parties.js';
import type { PartyOptions } from '../harness/parties.js';
import { createFixtureServer, newCalls } from './harness/fixture-server.js';
import { createClient, inMemory, secureBoth, throughServeStdio } from './harness/session.js';

const lax: Partial<PartyOptions> = { requireSecurity: false, minTrustLevel: 0 };

const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('who is calling, behind serveStdio', () => {
  it('is told apart for three callers whose requests run at once', async () => {
    const parties = await makeParties({ server: { stateless: true } });
    const [wire, right] = InMemoryTransport.createLinkedPair();
    const calls = newCalls();
    serveStdio(() => createFixtureServer(calls), {
      transport: secureTransport(right, { ...parties.server.options, role: 'server' }),
    });
    const callers = await Promise.all(
      ['ada', 'bob', 'cyd'].map(async (name) => {
        const party = makeParty(parties.authority, await parties.authority.issue(name));
        const answers: Wire[] = [];
        const inner = { ...silent(), send: (message: object) => wire.send(JSON.parse(JSON.stringify(message))) };
        const transport = secureTransport(inner, { ...party.options, role: 'client' });
        transport.onmessage = (message) => void answers.push(message);
        await transport.start();
        return { name, transport, inner, answers };
      }),
    );
    // One pipe for three callers: each answer goes to whoever's name its id begins with.
    wire.onmessage = (message) => {
      const owner = callers.find(({ name }) => String((message as Wire).id).startsWith(name));
      owner?.inner.onmessage?.(JSON.parse(JSON.stringify(message)));
    };
    await wire.start();
    const ask = (method: string, params: object) =>
      Promise.all(
        callers.map(({ name, transport }) =>
          transport.send({
            jsonrpc: '2.0',
            id: `${name} ${method}`,
            method,
            params: { ...params, _meta: MODERN_META },
          }),
        ),
      );
    const answered = (count: number) =>
      until(() => callers.every(({ answers }) => answers.length === count), 'answers');
    await ask('server/discover', {});
    await answered(1);
    await ask('tools/call', { name: 'whoami', arguments: {} });
    await answered(2);
    const seen = callers.map(({ answers }) => JSON.parse(textOf(answers[1].result)).caller.agent.name);
    expect(seen).toEqual(['ada', 'bob', 'cyd']);
    const passports = calls.contexts.map((context) => callerIdentity(context)?.passportId);
    expect(new Set(passports).size).toBe(3);
  });

  it.each([
    { era: 'legacy', options: undefined },
    { era: 'modern', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const },
  ])('is nobody for an unsigned caller, $era', async ({ options }) => {
    const parties = await makeParties({ server: lax });
    const session = await throughServeStdio.open({ client: undefined, server: parties.server.options }, options);
    await session.connect();
    const forged = { passportId: 'asp_0123456789abcdef0123456789abcdef', level: 4 };
    session.attacker.toServer = (message) => {
      if (message.params?._meta !== undefined) message.params._meta.mcps = forged;
      else if (message.params !== undefined) message.params._meta = { mcps: forged };
      return [message];
    };
    const { caller } = JSON.parse(textOf(await session.client.callTool({ name: 'whoami' })));
    expect(caller).toBeNull();
    expect(session.attacker.fromClient.some(isSigned)).toBe(false);
    await session.close();
  });

  it('is known for requests that state nothing about themselves', async () => {
    const parties = await makeParties();
    const [left, right] = InMemoryTransport.createLinkedPair();
    const contexts: ServerContext[] = [];
    const handle = serveStdio(
      () => {
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- for what the high-level one does by itself
        const server = new Server({ name: 'low-level', version: '1' }, { capabilities: { tools: {} } });
        server.setRequestHandler('tools/list', (_request, context) => {
          contexts.push(context);
          return { tools: [] };
        });
        return server;
      },
      { transport: secureTransport(right, { ...parties.server.options, role: 'server' }) },
    );
    const client = createClient([], parties.client.options);
    await client.connect(left);
    await client.listTools();
    expect(callerIdentity(contexts[0]!)?.agent.name).toBe('test-client');
    await client.close();
    await handle.close();
  });
});

describe('ctx.http.authInfo.extra.mcps', () => {
  const oauth: AuthInfo = { token: 'bearer', clientId: 'oauth-client', scopes: ['read'], extra: { tenant: 7 } };
  const forged: AuthInfo = { ...oauth, extra: { tenant: 7, mcps: { passportId: 'forged', level: 4 } } };

  /** What a handler is given where the transport below says that OAuth found this caller. */
  async function contextFor(
    server: Partial<PartyOptions>,
    secured: boolean,
    authInfo?: AuthInfo,
  ): Promise<ServerContext> {
    const parties = await makeParties({ server });
    const [left, right] = InMemoryTransport.createLinkedPair();
    const send = left.send.bind(left);
    left.send = (message: JSONRPCMessage) => send(message, authInfo === undefined ? {} : { authInfo });
    const calls = newCalls();
    await secureMCP(createFixtureServer(calls), parties.server.options).connect(right);
    const client = createClient([], undefined);
    await (secured ? secureMCPClient(client, parties.client.options) : client).connect(left);
    await client.callTool({ name: 'whoami' });
    await client.close();
    return calls.contexts[0]!;
  }

  it('is made for a verified caller, and says nothing that OAuth would', async () => {
    const context = await contextFor({}, true);
    const identity = callerIdentity(context);
    expect(identity).toMatchObject({ agent: { name: 'test-client' }, level: 1 });
    expect(context.http?.authInfo).toEqual({
      token: '',
      clientId: identity?.passportId,
      scopes: [],
      extra: { mcps: identity },
    });
  });

  it('is merged into what OAuth made, and replaces what came from outside', async () => {
    const context = await contextFor({}, true, forged);
    expect(context.http?.authInfo).toMatchObject({ token: 'bearer', clientId: 'oauth-client', scopes: ['read'] });
    expect(context.http?.authInfo?.extra).toEqual({ tenant: 7, mcps: callerIdentity(context) });
    expect(callerIdentity(context)?.agent.name).toBe('test-client');
  });

  it('is cleared for an unsigned caller, and never made', async () => {
    const claimed = await contextFor(lax, false, forged);
    expect(claimed.http?.authInfo).toEqual(oauth);
    expect(callerIdentity(claimed)).toBeUndefined();
    const silent = await contextFor(lax, false);
    expect(silent.http?.authInfo).toBeUndefined();
    expect(callerIdentity(silent)).toBeUndefined();
  });

  it('is not needed to know a verified caller', async () => {
    const context = await contextFor({ createAuthInfo: false }, true);
    expect(context.http?.authInfo).toBeUndefined();
    expect(callerIdentity(context)?.agent.name).toBe('test-client');
  });
});

describe('what ties a request to its caller', () => {
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } };

  it('is an object of the one request, shared with no other and with nothing received', async () => {
    const session = await inMemory.open(secureBoth(await makeParties()));
    await session.connect();
    await session.client.callTool({ name: 'whoami' });
    await session.client.callTool({ name: 'whoami' });
    const [first, second] = session.calls.contexts.map(({ mcpReq }) => mcpReq._meta);
    expect(first).toEqual({});
    expect(first).not.toBe(second);
    expect(callerIdentity({ mcpReq: { _meta: structuredClone(first) } })).toBeUndefined();
    await session.close();
  });

  it('is seen neither in JSON nor in a copy, and not sent on', () => {
    const identity = { passportId: 'p' } as never;
    const tied = tieToRequest(request, identity) as typeof request & { params: { _meta?: object } };
    expect(identityOfRequest({ _meta: tied.params._meta })).toBe(identity);
    expect(JSON.stringify(tied)).toBe(JSON.stringify(request));
    expect(tied).toEqual(request);
    const sent = copyToSend(tied) as typeof tied;
    expect('_meta' in sent.params).toBe(false);
    const bare = tieToRequest({ jsonrpc: '2.0', id: 1, method: 'ping' }, identity);
    expect('params' in copyToSend(bare)).toBe(false);
    expect(request).toEqual({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } });
  });

  it('is not made for messages of nobody, notifications and answers', () => {
    const identity = { passportId: 'p' } as never;
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const answer = { jsonrpc: '2.0', id: 1, result: {} };
    expect(tieToRequest(request, undefined)).toBe(request);
    expect(tieToRequest(notification, identity)).toBe(notification);
    expect(tieToRequest(answer, identity)).toBe(answer);
  });
});

function silent() {
  return {
    onmessage: undefined as ((message: Wire) => void) | undefined,
    start: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
