import { InMemoryTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { WebStandardStreamableHTTPServerTransport, createMcpHandler } from '@modelcontextprotocol/server';
import type { Transport } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { beforeAll, describe, expect, it } from 'vitest';
import { secureMCP, secureTransport } from '../../src/index.js';
import { until } from '../harness/expectations.js';
import { listen, toWebRequest, writeWebResponse } from '../harness/http-server.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { createFixtureServer, newCalls } from './harness/fixture-server.js';
import { createClient } from './harness/session.js';

const NOWHERE = new URL('http://127.0.0.1:9/mcp');

let parties: Parties;
beforeAll(async () => {
  parties = await makeParties({ client: { requireSecurity: false, minTrustLevel: 0 } });
});

const asClient = <T extends Transport>(transport: T) =>
  secureTransport(transport, { ...parties.client.options, role: 'client' });
const asServer = <T extends Transport>(transport: T) =>
  secureTransport(transport, { ...parties.server.options, role: 'server' });

/** Names that a transport offers, own and inherited; what the SDK writes with an underscore is private. */
function publicMembers(transport: object): string[] {
  const names = new Set(Object.keys(transport));
  for (let level: object = transport; level !== Object.prototype; level = Object.getPrototypeOf(level) as object)
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
  return [...names].filter((name) => !name.startsWith('_') && name !== 'constructor');
}

describe('the members of a transport of SDK 2.x', () => {
  it.each([
    { transport: () => new StreamableHTTPClientTransport(NOWHERE), except: [] },
    { transport: () => new StdioClientTransport({ command: 'true' }), except: ['processReadBuffer'] },
    { transport: () => new StdioServerTransport(), except: ['processReadBuffer'] },
    { transport: () => InMemoryTransport.createLinkedPair()[0], except: [] },
    { transport: () => new NodeStreamableHTTPServerTransport({}), except: [] },
    {
      transport: () => new WebStandardStreamableHTTPServerTransport({}),
      // Private in its types.
      except: [
        'createJsonErrorResponse',
        'handleDeleteRequest',
        'handleGetRequest',
        'handlePostRequest',
        'handleUnsupportedRequest',
        'replayEvents',
        'sessionIdGenerator',
        'startKeepAlive',
        'supportsEmptySSEData',
        'validateProtocolVersion',
        'validateRequestHeaders',
        'validateSession',
        'writePrimingEvent',
        'writeSSEEvent',
      ],
    },
  ])('are all on the decorator, and no others that the SDK asks for: $transport', ({ transport, except }) => {
    const inner: Transport = transport();
    const secured = asServer(inner);
    const names = publicMembers(inner);
    const absent = names.filter((name) => !(name in secured) && !(except as readonly string[]).includes(name));
    expect(absent).toEqual([]);
    for (const name of ['hasPerRequestStream', 'setProtocolVersion', 'setSupportedProtocolVersions', 'stderr', 'pid'])
      expect(name in secured).toBe(name in inner);
  });

  it('are not frozen: the client replaces start and puts it back', async () => {
    const [left, right] = InMemoryTransport.createLinkedPair();
    await secureMCP(createFixtureServer(newCalls()), parties.server.options).connect(right);
    const secured = asClient(left);
    const client = createClient([], undefined, { versionNegotiation: { mode: 'auto' } });
    await client.connect(secured);
    expect(client.transport).toBe(secured);
    expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
    await client.close();
  });

  it('reach the transport below: versions, sessions, scopes', () => {
    const client = asClient(new StreamableHTTPClientTransport(NOWHERE, { sessionId: 's' }));
    expect(client.hasPerRequestStream).toBe(true);
    client.setProtocolVersion('2025-11-25');
    expect(client.protocolVersion).toBe('2025-11-25');
    expect(client.sessionId).toBe('s');
    const inner = new NodeStreamableHTTPServerTransport({});
    const seen: unknown[] = [];
    inner.setScopeChallengeResolver = (resolver) => void seen.push(resolver);
    const server = asServer(inner);
    server.setScopeChallengeResolver(() => undefined);
    expect(seen).toHaveLength(1);
  });

  it('tell of an event store, whose events could not be verified', () => {
    const eventStore = { storeEvent: async () => 'e', replayEventsAfter: async () => 's' };
    const options = { sessionIdGenerator: () => 's', eventStore };
    for (const transport of [
      new NodeStreamableHTTPServerTransport(options),
      new WebStandardStreamableHTTPServerTransport(options),
    ])
      expect(() => asServer(transport)).toThrow('event store');
  });
});

describe('a request with a stream of its own', () => {
  it('is cancelled by ending the stream, which ends the handler; nothing is posted', async () => {
    const calls = newCalls();
    const posted: string[] = [];
    const handler = createMcpHandler(() => createFixtureServer(calls));
    const http = await listen(async (request, response) => {
      const web = await toWebRequest(request);
      posted.push(((await web.clone().json()) as { method: string }).method);
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      await writeWebResponse(await handler.fetch(new Request(web, { signal: gone.signal })), response);
    });
    const errors: Error[] = [];
    const client = createClient(errors, undefined, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(asClient(new StreamableHTTPClientTransport(http.url)));
    const controller = new AbortController();
    const ended = client.callTool({ name: 'wait' }, { signal: controller.signal }).catch(String);
    await until(() => calls.names.includes('wait'), 'the call');
    controller.abort('enough');
    expect(await ended).toContain('enough');
    await until(() => calls.cancelled.length > 0, 'the end of the handler');
    expect(posted).toEqual(['server/discover', 'tools/call']);
    await client.close();
    await http.close();
  });

  it('hands every option on: the signal, the headers, and what hears of the end of the stream', async () => {
    const [left, right] = InMemoryTransport.createLinkedPair();
    await right.start();
    const seen: unknown[] = [];
    left.send = (_message, options) => {
      seen.push(options);
      return Promise.resolve();
    };
    const secured = asClient(left);
    await secured.start();
    const options = {
      requestSignal: new AbortController().signal,
      headers: { 'Mcp-Param-Region': 'eu' },
      onRequestStreamEnd: () => undefined,
    };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
    await secured.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params }, options);
    expect(seen).toEqual([options]);
  });
});
