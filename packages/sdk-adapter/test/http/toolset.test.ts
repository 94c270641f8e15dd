import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { McpServer as McpServer2, createMcpHandler } from '@modelcontextprotocol/server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { secureFetch, secureHandler } from '../../src/http.js';
import type { RequestHandler, SecureHandlerOptions } from '../../src/http.js';
import { reasonsIn, rejectionOf } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';

const tool = (name: string) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' as const } });
const NAMES = ['read', 'write', 'move', 'copy', 'list'];
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Two tools a page. `asked` counts the pages that the application was asked for. */
function page(listed: readonly string[], params: { cursor?: string | undefined } | undefined, asked: unknown[]): Wire {
  asked.push(params?.cursor);
  const start = Number(params?.cursor ?? 0);
  const more = start + 2 < listed.length ? { nextCursor: String(start + 2) } : {};
  return { tools: listed.slice(start, start + 2).map(tool), ...more };
}

async function serve(inner: RequestHandler, options: Partial<SecureHandlerOptions> = {}) {
  const parties = await makeParties();
  const errors: Error[] = [];
  const handler = secureHandler(inner, {
    ...parties.server.options,
    onError: (error) => void errors.push(error),
    ...options,
  });
  const node = toNodeHandler({ fetch: (request: Request) => handler(request) });
  const server = createServer((request, response) => void node(request as never, response as never));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    handler.close();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`);
  const clientErrors: Error[] = [];
  const fetch = secureFetch(globalThis.fetch, {
    ...parties.client.options,
    endpoint: url.href,
    tools: { requireToolset: true },
    onError: (error) => void clientErrors.push(error),
  });
  cleanups.push(() => Promise.resolve(fetch.close()));
  return { url, fetch, errors, clientErrors };
}

interface Lists {
  listTools(params?: { cursor: string }): Promise<{ tools: { name: string }[]; nextCursor?: string | undefined }>;
}

/** Every page, as an application asks for them. */
async function names(client: Lists): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? undefined : { cursor });
    found.push(...tools.map(({ name }) => name));
    cursor = nextCursor;
  }
  return found;
}

function modernHandler(listed: readonly string[], asked: unknown[]): RequestHandler {
  const sdk = createMcpHandler(() => {
    const server = new McpServer2({ name: 'modern', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.server.setRequestHandler('tools/list', (request) => page(listed, request.params, asked) as never);
    return server;
  });
  return (request, extra) => sdk.fetch(request, extra as never);
}

function sessionHandler(listed: readonly string[], asked: unknown[]): RequestHandler {
  const transports = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request, extra) => {
    const known = transports.get(request.headers.get('mcp-session-id') ?? '');
    if (known !== undefined) return known.handleRequest(request, extra as never);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    const server = new Server({ name: 'sessions', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, (request) => page(listed, request.params, asked) as never);
    await server.connect(transport);
    return transport.handleRequest(request, extra as never);
  };
}

describe('a list of several pages over HTTP', () => {
  it('is stated whole on its first page: SDK 1.x, in a session', async () => {
    const asked: unknown[] = [];
    const { url, fetch } = await serve(sessionHandler(NAMES, asked));
    const client = new Client({ name: 'c', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
    cleanups.push(() => client.close());
    expect(await names(client)).toEqual(NAMES);
    // The pages that the client has yet to ask for were asked of the application at once.
    expect(asked.slice(0, 3)).toEqual([undefined, '2', '4']);
  });

  it('is stated whole on every page: SDK 2.x, revision 2026-07-28', async () => {
    const asked: unknown[] = [];
    const { url, fetch, errors } = await serve(modernHandler(NAMES, asked));
    const client = new Client2({ name: 'c', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    await client.connect(new Transport2(url, { fetch }));
    cleanups.push(() => client.close());
    const first = await client.request({ method: 'tools/list', params: {} });
    expect(first.tools.map(({ name }) => name)).toEqual(['read', 'write']);
    expect(await names(client as Lists)).toEqual(NAMES);
    expect(errors).toEqual([]);
  });

  it('is refused by a client that asks for a statement where the server makes none', async () => {
    const { url, fetch, clientErrors } = await serve(sessionHandler(NAMES, []), { tools: { toolset: false } });
    const client = new Client({ name: 'c', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
    cleanups.push(() => client.close());
    expect((await rejectionOf(client.listTools())).data).toMatchObject({ reason: 'toolset_missing' });
    expect(reasonsIn(clientErrors)).toContain('toolset_missing');
  });
});
