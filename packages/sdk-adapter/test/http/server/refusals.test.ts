import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureHandler } from '../../../src/http.js';
import type { SecuredHandler, SecureHandlerOptions } from '../../../src/http.js';
import { newCalls } from '../../harness/fixture-server.js';
import type { Calls } from '../../harness/fixture-server.js';
import { webStandardHandler } from '../../harness/handler-server.js';
import type { Wire } from '../../harness/message.js';
import { makeParties } from '../../harness/parties.js';
import type { Parties } from '../../harness/parties.js';
import { SigningClient } from '../../harness/signing-client.js';

const URL_OF_SERVER = 'http://127.0.0.1/mcp';

let parties: Parties;
let calls: Calls;
let errors: Error[];
let handed: Request[];
let handler: SecuredHandler;
let client: SigningClient;

async function open(options: Partial<SecureHandlerOptions> = {}): Promise<void> {
  parties = await makeParties();
  calls = newCalls();
  errors = [];
  handed = [];
  const inner = webStandardHandler(calls, { enableJsonResponse: true });
  handler = secureHandler(
    (request, extra) => {
      handed.push(request);
      return inner(request, extra);
    },
    { ...parties.server.options, onError: (error) => void errors.push(error), ...options },
  );
  client = await SigningClient.open(parties.client.options, URL_OF_SERVER, (url, init) =>
    handler(new Request(url, init)),
  );
}

const echo = (text: string) => ({ name: 'echo', arguments: { text } });
const call = (id: string, text = 'harmless'): Wire => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: echo(text),
});

beforeEach(() => open());
afterEach(() => handler.close());

describe('what no message can answer', () => {
  const post = (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
    handler(
      new Request(URL_OF_SERVER, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }),
    );

  it.each([
    ['{', 400, 'message_not_object'],
    ['{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', 400, 'message_not_canonical'],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":12345678901234567890}}', 400, 'message_not_canonical'],
    [JSON.stringify('x'.repeat(4 * 1024 * 1024)), 413, 'message_too_large'],
  ])('is refused before anything is believed: %#', async (body, status, reason) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ id: null, error: { data: { reason } } });
    expect(handed).toEqual([]);
  });

  it('is refused in other media types and codings', async () => {
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('{}', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect(handed).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'OPTIONS'])('is refused with the method %s', async (method) => {
    const response = await handler(new Request(URL_OF_SERVER, { method }));
    expect(response.status).toBe(405);
    expect(handed).toEqual([]);
  });

  it('is an unknown session, whoever signed', async () => {
    client.sessionId = 'unknown';
    const { response } = await client.exchange('initialize', {});
    expect(response.status).toBe(404);
    expect(handed).toEqual([]);
  });

  it.each(['GET', 'DELETE'])('is a %s that proves nothing', async (method) => {
    await client.connect();
    const before = handed.length;
    const headers = { 'mcp-session-id': client.sessionId ?? '', accept: 'text/event-stream' };
    const response = await handler(new Request(URL_OF_SERVER, { method, headers }));
    expect(response.ok).toBe(false);
    expect(response.status).not.toBe(401);
    expect(handed).toHaveLength(before);
  });
});

describe('a refused message', () => {
  it.each([
    ['altered', (signed: Wire) => ({ ...signed, params: echo('evil') }), 'signature_invalid'],
    ['unsigned', ({ mcps: _, ...rest }: Wire) => rest, 'envelope_missing'],
  ])('that is %s is answered with 200, signed and bound, and never handed over', async (_, alter, reason) => {
    await client.connect();
    const before = handed.length;
    const { response, raw } = await client.post(alter(await client.sign(call('c'))));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(raw).toMatchObject([{ id: 'c', error: { data: { reason } }, mcps: {} }]);
    expect(handed).toHaveLength(before);
    expect(errors.map((error) => (error as { reason?: string }).reason)).toEqual([reason]);
  });

  it('that is a replay is refused, and the answer verifies', async () => {
    await client.connect();
    const signed = await client.sign(call('c'));
    expect((await client.post(signed)).raw[0].result).toBeDefined();
    const { raw } = await client.post(signed);
    expect(raw[0].error.data.reason).toBe('sequence_repeated');
    expect(calls.names).toEqual(['echo']);
  });

  it('comes as an event where the client takes nothing else', async () => {
    await client.connect();
    const signed = await client.sign(call('c'));
    const { response, raw } = await client.post(
      { ...signed, id: 'other' },
      { headers: { accept: 'text/event-stream' } },
    );
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(raw[0].error).toBeDefined();
  });

  it('that is a notification is answered with 400 and nothing else', async () => {
    await client.connect();
    const before = handed.length;
    const signed = await client.sign({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    const { response } = await client.post({ ...signed, method: 'notifications/cancelled' });
    expect(response.status).toBe(400);
    expect(await response.clone().text()).toBe('');
    expect(handed).toHaveLength(before);
  });

  it('of 2026-07-28 is answered with 400', async () => {
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const { response, raw } = await client.post({ ...call('c'), params: { ...echo('x'), _meta: meta } });
    expect(response.status).toBe(400);
    expect(raw[0]).toMatchObject({ id: 'c', error: { data: { reason: 'envelope_missing' } } });
  });

  it.each([[{ 'Mcp-Method': 'tools/list' }], [{ 'Mcp-Name': 'whoami' }], [{ 'Mcp-Param-Text': 'other' }]])(
    'that its headers contradict is refused, though its signature is right: %j',
    async (headers) => {
      await client.connect();
      const before = handed.length;
      const { response, raw, incoming } = await client.post(await client.sign(call('c')), { headers });
      // As MCP itself would answer it, in whatever revision.
      expect(response.status).toBe(400);
      expect(raw[0].error).toMatchObject({ code: -32020, data: { code: 'MCPS-004', reason: 'header_mismatch' } });
      // Verified by the client as the answer to its call.
      expect(incoming).toMatchObject([{ type: 'deliver', message: { id: 'c' }, identity: {} }]);
      expect(handed).toHaveLength(before);
    },
  );

  it('that agrees with its headers is handed over', async () => {
    await client.connect();
    const headers = { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'echo', 'Mcp-Param-Text': 'harmless' };
    const { raw } = await client.post(await client.sign(call('c')), { headers });
    expect(raw[0].result).toBeDefined();
  });
});

describe('sessions', () => {
  it('are refused where there are as many as may be, and those that are there stay', async () => {
    await open({ maxSessions: 1 });
    await client.connect();
    const other = await SigningClient.open(parties.client.options, URL_OF_SERVER, (url, init) =>
      handler(new Request(url, init)),
    );
    const { response } = await other.exchange('initialize', { protocolVersion: '2025-11-25' });
    expect(response.status).toBe(503);
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  it('take no place for what does not verify', async () => {
    await open({ maxSessions: 1 });
    for (let attempt = 0; attempt < 3; attempt += 1)
      await client.post({ jsonrpc: '2.0', id: attempt, method: 'initialize', params: {} });
    await client.connect();
    expect(client.connection.state).toBe('established');
  });

  it('are forgotten when nobody has used them for long', async () => {
    let now = Date.now();
    await open({ sessionIdleMs: 1000, clock: () => now });
    await client.connect();
    now += 999;
    expect((await client.call('echo', { text: 'a' })).result).toBeDefined();
    now += 1001;
    const { response } = await client.exchange('ping');
    expect(response.status).toBe(404);
  });

  it('need a handler that keeps them', async () => {
    const answer = { jsonrpc: '2.0', id: 1, result: {} };
    const bare = secureHandler(() => Promise.resolve(Response.json(answer)), parties.server.options);
    const fresh = await SigningClient.open(parties.client.options, URL_OF_SERVER, (url, init) =>
      bare(new Request(url, init)),
    );
    await expect(fresh.exchange('initialize', { protocolVersion: '2025-11-25' })).rejects.toThrow('stateless: true');
    bare.close();
  });

  it('end with the handler', async () => {
    await client.connect();
    handler.close();
    expect((await client.exchange('ping')).response.status).toBe(503);
  });
});
