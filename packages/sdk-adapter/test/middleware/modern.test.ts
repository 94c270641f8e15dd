import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import express from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { secureExpress } from '../../src/express.js';
import { secureFastify } from '../../src/fastify.js';
import { secureHono } from '../../src/hono.js';
import { secureFetch } from '../../src/http.js';
import type { RequestHandler, SecureHandlerOptions } from '../../src/http.js';
import { textOf } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import { createFixtureServer, newCalls } from '../v2/harness/fixture-server.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: ReturnType<typeof createServer>): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
}

type Serve = (options: SecureHandlerOptions, handler: { readonly fetch: RequestHandler }) => Promise<URL>;

const onExpress =
  (create: typeof express): Serve =>
  async (options, handler) =>
    listen(createServer(create().use('/mcp', secureExpress(options)).all('/mcp', toNodeHandler(handler))));

const onFastify: Serve = async (options, handler) => {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(async (mcp) => {
    await mcp.register(secureFastify, options);
    const node = toNodeHandler(handler);
    mcp.post('/mcp', async (request, reply) => {
      void reply.hijack();
      // The SDK's type of an incoming message is not made for exact optional properties.
      await node(request.raw as Parameters<typeof node>[0], reply.raw, request.body);
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  closing.push(() => app.close());
  return new URL(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/mcp`);
};

const onHono: Serve = async (options, handler) => {
  const app = new Hono<{ Variables: { auth: object | undefined; parsedBody: unknown } }>();
  app.use('/mcp', secureHono(options));
  app.all('/mcp', (c) => handler.fetch(c.req.raw, { authInfo: c.get('auth') as never }));
  const listener = getRequestListener(app.fetch);
  return listen(createServer((request, response) => void listener(request, response)));
};

describe.each([
  ['Express 5', onExpress(express)],
  ['Express 4', onExpress(express4)],
  ['Fastify', onFastify],
  ['Hono', onHono],
])('%s in front of createMcpHandler', (_name, serve) => {
  it('serves revision 2026-07-28: every request signed, the caller known, and nothing unsigned', async () => {
    const { client, server } = await makeParties();
    const calls = newCalls();
    const handler = createMcpHandler(() => createFixtureServer(calls));
    const url = await serve({ ...server.options, stateless: true }, handler);
    const posted: string[] = [];
    const fetch = secureFetch((address, init) => {
      posted.push(init?.body as string);
      return globalThis.fetch(address, init);
    }, client.options);
    closing.push(() => fetch.close());
    const mcp = new Client(
      { name: 'modern', version: '1.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    closing.push(() => mcp.close());
    await mcp.connect(new StreamableHTTPClientTransport(url, { fetch }));
    expect(textOf(await mcp.callTool({ name: 'echo', arguments: { text: 'modern' } }))).toBe('modern');
    expect(posted.every((body) => JSON.parse(body).mcps !== undefined)).toBe(true);
    expect(posted.some((body) => body.includes('"initialize"'))).toBe(false);
    expect(fetch.peer?.passportId).toBe(server.identity.passport.passport_id);
    expect(calls.names).toEqual(['echo']);

    const { mcps: _, ...unsigned } = JSON.parse(posted.at(-1) ?? '{}');
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
    };
    const refused = await globalThis.fetch(url, { method: 'POST', headers, body: JSON.stringify(unsigned) });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { data: { code: 'MCPS-004' } } });
    expect(calls.names).toEqual(['echo']);
  });
});
