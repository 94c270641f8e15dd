import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callerIdentity } from '../../../src/index.js';
import { secureHandler } from '../../../src/http.js';
import type { RequestHandler, SecureHandlerOptions } from '../../../src/http.js';
import { newCalls } from '../../harness/fixture-server.js';
import { statelessHandler, webStandardHandler } from '../../harness/handler-server.js';
import { makeParties } from '../../harness/parties.js';
import type { Parties } from '../../harness/parties.js';
import { SigningClient } from '../../harness/signing-client.js';

const ENDPOINT = 'http://127.0.0.1/mcp';
const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'signing-client', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

async function open(
  inner: RequestHandler,
  options: Partial<SecureHandlerOptions> = {},
): Promise<{ parties: Parties; client: SigningClient }> {
  const parties = await makeParties();
  const handler = secureHandler(inner, { ...parties.server.options, ...options });
  const audience = parties.server.identity.passport.passport_id;
  const client = await SigningClient.open({ ...parties.client.options, audience }, ENDPOINT, (url, init) =>
    handler(new Request(url, init)),
  );
  return { parties, client };
}

describe('the handler of SDK 2.x', () => {
  it('serves revision 2026-07-28 without a session: each call bound to its request, its caller known', async () => {
    const callers: unknown[] = [];
    const sdk = createMcpHandler(() => {
      const server = new McpServer({ name: 'modern', version: '1.0.0' }, {});
      server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }, context) => {
        callers.push(callerIdentity(context)?.passportId);
        return { content: [{ type: 'text', text }] };
      });
      return server;
    });
    const { client, parties } = await open((request, extra) => sdk.fetch(request, extra as never));
    const signed = await client.sign({
      jsonrpc: '2.0',
      id: 'm',
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'modern' }, _meta: MODERN },
    });
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
    const { incoming, raw } = await client.post(signed, { headers });
    expect(raw[0].mcps).toBeDefined();
    expect(incoming).toMatchObject([
      { type: 'deliver', message: { result: { content: [{ text: 'modern' }] } }, identity: {} },
    ]);
    expect(callers).toEqual([parties.client.identity.passport.passport_id]);
    const again = await client.post(signed, { headers });
    expect(again.response.status).toBe(400);
    expect(again.raw[0].error.data.reason).toBe('nonce_repeated');
    expect(callers).toHaveLength(1);
  });
});

describe('a body of several messages', () => {
  const ping = (id: string) => ({ jsonrpc: '2.0', id, method: 'ping' });

  it('is refused, unless it is asked for', async () => {
    const { client } = await open(webStandardHandler(newCalls()));
    await client.connect();
    const { response } = await client.post([await client.sign(ping('a')), await client.sign(ping('b'))]);
    expect(response.status).toBe(400);
  });

  it('is verified message by message, and answered for each', async () => {
    const { client } = await open(webStandardHandler(newCalls(), { enableJsonResponse: true }), { batches: 'verify' });
    await client.connect();
    const evil = { ...(await client.sign(ping('b'))), method: 'tools/list' };
    const { raw } = await client.post([await client.sign(ping('a')), evil]);
    expect(raw.find(({ id }) => id === 'a').result).toBeDefined();
    expect(raw.find(({ id }) => id === 'b').error.data.reason).toBe('signature_invalid');
  });

  it('never begins a session, and has its limit', async () => {
    const { client } = await open(webStandardHandler(newCalls()), { batches: 'verify', maxBatchMessages: 2 });
    const begin = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} };
    expect((await client.post([begin])).response.status).toBe(400);
    expect((await client.post([ping('a'), ping('b'), ping('c')])).response.status).toBe(400);
  });
});

describe('a server without sessions', () => {
  it('takes each message for itself', async () => {
    const calls = newCalls();
    const { client } = await open(statelessHandler(calls), { stateless: true });
    await client.connect();
    expect((await client.call('echo', { text: 'hello' })).result.content[0].text).toBe('hello');
    expect(calls.names).toEqual(['echo']);
  });
});
