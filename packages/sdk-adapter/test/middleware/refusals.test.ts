import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { SigningClient } from '../harness/signing-client.js';
import { FRAMEWORKS } from './harness/frameworks.js';
import type { Served } from './harness/frameworks.js';

let parties: Parties;
let server: Served;
let client: SigningClient;

const call = (id: string, text = 'harmless'): Wire => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text } },
});

describe.each(FRAMEWORKS)('$name', (framework) => {
  beforeEach(async () => {
    parties = await makeParties();
    server = await framework.serve(parties.server.options, { line: '1.x' });
    client = await SigningClient.open(parties.client.options, server.url.href);
    await client.connect();
  });

  afterEach(() => server.close());

  it.each([
    ['altered', (signed: Wire) => ({ ...signed, params: call('c', 'evil').params as object }), 'signature_invalid'],
    ['stripped of its envelope', ({ mcps: _, ...rest }: Wire) => rest, 'envelope_missing'],
  ])(
    'lets no call through that is %s: the route is not reached, and the refusal is signed',
    async (_, alter, reason) => {
      const { response, raw } = await client.post(alter(await client.sign(call('c'))));
      expect(response.status).toBe(200);
      expect(raw).toMatchObject([{ id: 'c', error: { data: { reason } }, mcps: {} }]);
      expect(server.routes.seen().names).toEqual([]);
    },
  );

  it('lets a call through once', async () => {
    const signed = await client.sign(call('c'));
    expect((await client.post(signed)).raw[0].result).toBeDefined();
    expect((await client.post(signed)).raw[0].error.data.reason).toBe('sequence_repeated');
    expect(server.routes.seen().names).toEqual(['echo']);
  });

  it('refuses a body that two readers take for two messages, though one of them has a right signature', async () => {
    const text = JSON.stringify(await client.sign(call('c')));
    const { response, raw } = await client.post(text.replace('{', '{"method":"ping",'));
    expect(response.status).toBe(400);
    expect(raw[0].error.data.reason).toBe('message_not_canonical');
    expect(server.routes.seen().names).toEqual([]);
  });

  it('refuses a body over the limit, and answers the next request on the same server', async () => {
    const { response } = await client.post(JSON.stringify('x'.repeat(5 * 1024 * 1024)));
    expect(response.status).toBe(413);
    expect((await client.call('echo', { text: 'still here' })).result.content[0].text).toBe('still here');
  });

  it.each(['GET', 'DELETE'] as const)('refuses a %s that proves nothing', async (verb) => {
    const response = await client.bodiless(verb, undefined, undefined);
    expect(response.status).toBe(400);
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  it('goes on when a client breaks its body off', async () => {
    await new Promise<void>((resolve) => {
      const broken = httpRequest(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '1000' },
      });
      broken.on('error', () => resolve());
      broken.write('{"jsonrpc":', () => setTimeout(() => broken.destroy(), 20));
    });
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  it('goes on when a client leaves in the middle of an answer', async () => {
    const abort = new AbortController();
    const body = await client.sign({
      jsonrpc: '2.0',
      id: 'w',
      method: 'tools/call',
      params: { name: 'slow', arguments: { ms: 300 } },
    });
    const left = client.post(body, { signal: abort.signal });
    await until(() => server.routes.seen().names.includes('slow'));
    abort.abort();
    await expect(left).rejects.toThrow();
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  it('keeps a large stream back for a slow reader, and loses nothing of it', async () => {
    const steps = 400;
    const body = await client.sign({
      jsonrpc: '2.0',
      id: 'p',
      method: 'tools/call',
      params: { name: 'progress', arguments: { steps }, _meta: { progressToken: 'p' } },
    });
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': client.sessionId ?? '',
    };
    const text = await new Promise<string>((resolve, reject) => {
      const posted = httpRequest(server.url, { method: 'POST', headers }, (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          received += chunk;
          response.pause();
          setTimeout(() => response.resume(), 5);
        });
        response.on('end', () => resolve(received)).on('error', reject);
      });
      posted.on('error', reject).end(JSON.stringify(body));
    });
    expect(text.match(/^data: \{/gm)).toHaveLength(steps + 1);
    expect(text.match(/"mcps":/g)).toHaveLength(steps + 1);
  });
});
