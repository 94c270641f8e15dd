import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createMcpFastifyApp } from '@modelcontextprotocol/fastify';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import { afterEach, describe, expect, it } from 'vitest';
import { secureFastify } from '../../src/fastify.js';
import { secureHono } from '../../src/hono.js';
import { makeParties } from '../harness/parties.js';
import { SigningClient } from '../harness/signing-client.js';
import { served } from './harness/frameworks.js';
import type { Served } from './harness/frameworks.js';
import { makeRoutes } from './harness/routes.js';

let server: Served;

afterEach(() => server.close());

describe('the applications that SDK 2.x makes', () => {
  it('createMcpHonoApp parses a copy, in whose place the route finds what has been verified', async () => {
    const parties = await makeParties();
    const routes = makeRoutes({ line: '2.x' });
    const parsed: unknown[] = [];
    const app = createMcpHonoApp();
    const secured = secureHono(parties.server.options);
    app.use('/mcp', secured);
    app.all('/mcp', (c) => {
      const parsedBody: unknown = c.get('parsedBody' as never);
      parsed.push(parsedBody);
      return routes.web(c.req.raw, { authInfo: c.get('auth' as never), parsedBody });
    });
    const listener = getRequestListener(app.fetch);
    server = await served(
      createServer((request, response) => void listener(request, response)),
      routes,
      () => secured.close(),
    );
    const client = await SigningClient.open(parties.client.options, server.url.href);
    await client.connect();
    expect((await client.call('echo', { text: 'hello' })).result.content[0].text).toBe('hello');
    expect(JSON.stringify(parsed)).not.toContain('"mcps"');
  });

  it('createMcpFastifyApp takes the plugin', async () => {
    const parties = await makeParties();
    const routes = makeRoutes({ line: '2.x' });
    const app = createMcpFastifyApp();
    await app.register(secureFastify, parties.server.options);
    app.post('/mcp', async (request, reply) => {
      void reply.hijack();
      await routes.node(request.raw, reply.raw, request.body);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    server = { url: new URL(`http://127.0.0.1:${port}/mcp`), routes, close: () => app.close() };
    const client = await SigningClient.open(parties.client.options, server.url.href);
    await client.connect();
    expect((await client.call('echo', { text: 'hello' })).result.content[0].text).toBe('hello');
  });
});
