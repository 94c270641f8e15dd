import { afterEach, describe, expect, it } from 'vitest';
import { secureHandler } from '../../src/http.js';
import type { SecureHandlerOptions } from '../../src/http.js';
import { newCalls } from '../harness/fixture-server.js';
import { serveHandler, webStandardHandler } from '../harness/handler-server.js';
import type { HttpServer } from '../harness/http-server.js';
import { makeParties } from '../harness/parties.js';
import { serveBehindPrefix } from '../harness/rewriting-proxy.js';
import { SigningClient } from '../harness/signing-client.js';
import { FRAMEWORKS } from './harness/frameworks.js';

const closing: HttpServer[] = [];

afterEach(async () => {
  for (const server of closing.splice(0).reverse()) await server.close();
});

const servers: readonly { name: string; serve: (options: SecureHandlerOptions) => Promise<HttpServer> }[] = [
  {
    name: 'secureHandler',
    serve: (options) => serveHandler(secureHandler(webStandardHandler(newCalls()), options)),
  },
  ...FRAMEWORKS.map(({ name, serve }) => ({
    name,
    serve: (options: SecureHandlerOptions) => serve(options, { line: '1.x' }),
  })),
];

describe.each(servers)('$name, behind a proxy that rewrites paths', ({ serve }) => {
  /** A client, in a session, that knows the endpoint by the URL of the proxy. */
  async function open(publicUrl: ((url: URL) => string) | undefined, query = ''): Promise<SigningClient> {
    const parties = await makeParties();
    // Whoever tells the server where it is found knows that before the server is there; of the URL only the path counts.
    const told = publicUrl?.(new URL('https://gateway.example/public/mcp'));
    const server = await serve({ ...parties.server.options, ...(told === undefined ? {} : { publicUrl: told }) });
    closing.push(server);
    const target = new URL(server.url);
    target.search = query;
    const proxy = await serveBehindPrefix(target, '/public');
    closing.push(proxy);
    const client = await SigningClient.open(parties.client.options, proxy.url.href);
    await client.connect();
    return client;
  }

  it('takes what clients sign for the public path', async () => {
    const client = await open(({ href }) => href);
    expect(new URL(client.url).pathname).toBe('/public/mcp');
    expect((await client.bodiless('DELETE')).status).toBe(200);
  });

  it('refuses it without being told', async () => {
    const client = await open(undefined);
    const response = await client.bodiless('DELETE');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { data: { reason: 'signature_invalid' } } });
    // Nothing has ended.
    expect((await client.request('ping')).result).toEqual({});
  });

  it('refuses it where it was told another path', async () => {
    const client = await open(({ href }) => `${href}/elsewhere`);
    expect((await client.bodiless('DELETE')).status).toBe(400);
  });

  it('holds the query to what was signed', async () => {
    const client = await open(({ href }) => href, '?tenant=a');
    const sign = (target: string) =>
      client.connection.protectRequest({
        verb: 'DELETE',
        target,
        httpSession: client.sessionId,
        lastEventId: undefined,
      });
    expect((await client.bodiless('DELETE', undefined, await sign('/public/mcp?tenant=b'))).status).toBe(400);
    expect((await client.bodiless('DELETE', undefined, await sign('/public/mcp'))).status).toBe(400);
    expect((await client.bodiless('DELETE', undefined, await sign('/public/mcp?tenant=a'))).status).toBe(200);
  });
});
