import { createServer } from 'node:http';
import { createMcpExpressApp } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import express from 'express';
import type { Express } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { secureExpress } from '../../src/express.js';
import type { SecureHandlerOptions } from '../../src/http.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { SigningClient } from '../harness/signing-client.js';
import * as line2 from '../v2/harness/fixture-server.js';
import { served } from './harness/frameworks.js';
import type { Served } from './harness/frameworks.js';
import { makeRoutes } from './harness/routes.js';
import type { Routes } from './harness/routes.js';

let parties: Parties;
let server: Served;
let client: SigningClient;
const routes = (): Routes => makeRoutes({ line: '2.x' });

async function open(
  build: (options: SecureHandlerOptions, routes: Routes) => Express,
  options: Partial<SecureHandlerOptions> = {},
): Promise<void> {
  parties = await makeParties();
  const built = routes();
  server = await served(createServer(build({ ...parties.server.options, ...options }, built)), built, () => undefined);
  client = await SigningClient.open(parties.client.options, server.url.href);
}

const route = (app: Express, { node }: Routes): Express =>
  app.all('/mcp', (request, response, next) => void node(request, response, request.body).catch(next));
const answers = async () => (await client.call('echo', { text: 'hello' })).result?.content?.[0]?.text as unknown;

afterEach(() => server.close());

describe('secureExpress', () => {
  it('refuses to verify what a parser made of the bytes, and says what to do', async () => {
    await open((options, built) => route(express().use(express.json()).use('/mcp', secureExpress(options)), built));
    const { response } = await client.post(
      await client.sign({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
    );
    expect(response.status).toBe(500);
    await expect(client.connect()).rejects.toThrow();
    expect(server.routes.seen().names).toEqual([]);
  });

  it('takes the bytes that a parser has kept', async () => {
    const keeping = express.json({ verify: (request, _response, rawBody) => void Object.assign(request, { rawBody }) });
    await open((options, built) => route(express().use(keeping).use('/mcp', secureExpress(options)), built));
    await client.connect();
    expect(await answers()).toBe('hello');
  });

  it('comes in front of a parser, which then reads what has been verified', async () => {
    await open((options, built) => route(express().use('/mcp', secureExpress(options)).use(express.json()), built));
    await client.connect();
    expect(await answers()).toBe('hello');
  });

  it('comes in front of the application of createMcpExpressApp, which parses by itself', async () => {
    await open((options, built) => {
      const app = route(createMcpExpressApp(), built);
      return express().use('/mcp', secureExpress(options)).use(app);
    });
    await client.connect();
    expect(await answers()).toBe('hello');
  });

  it('serves createMcpHandler, which keeps no sessions and reads the request itself', async () => {
    const calls = line2.newCalls();
    const handler = createMcpHandler(() => line2.createFixtureServer(calls));
    await open((options) => express().use('/mcp', secureExpress(options)).all('/mcp', toNodeHandler(handler)), {
      stateless: true,
    });
    client = await SigningClient.open({ ...parties.client.options, stateless: true }, server.url.href);
    await client.connect();
    expect(await answers()).toBe('hello');
    expect(calls.names).toEqual(['echo']);
  });

  it('leaves errors that are no messages as they are', async () => {
    await open((options) => express().use('/mcp', secureExpress(options)));
    const { response } = await client.exchange('initialize', { protocolVersion: '2025-11-25', capabilities: {} });
    expect(response.status).toBe(404);
    expect(await response.clone().text()).toContain('Cannot POST /mcp');
  });
});
