import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureFetch } from '../../src/http.js';
import type { SecureFetch } from '../../src/http.js';
import { textOf, until } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { FRAMEWORKS } from './harness/frameworks.js';
import type { Around, Framework, Served } from './harness/frameworks.js';
import type { RouteOptions } from './harness/routes.js';

let parties: Parties;
let errors: Error[];
let server: Served;
let fetch: SecureFetch;
let client: Client;
let transport: StreamableHTTPClientTransport;
let requests: { method: string; status: number }[];

async function open(framework: Framework, route: RouteOptions, around?: Around): Promise<void> {
  parties = await makeParties();
  errors = [];
  requests = [];
  server = await framework.serve(
    { ...parties.server.options, onError: (error) => void errors.push(error) },
    route,
    around,
  );
  fetch = secureFetch(
    async (url, init) => {
      const response = await globalThis.fetch(url, init);
      requests.push({ method: init?.method ?? 'GET', status: response.status });
      return response;
    },
    { ...parties.client.options, endpoint: server.url.href, onError: (error) => void errors.push(error) },
  );
  client = new Client({ name: 'client', version: '1.0.0' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: { name: 'Ada' } }));
  transport = new StreamableHTTPClientTransport(server.url, { fetch });
  await client.connect(transport);
}

const call = (name: string, args: Record<string, unknown> = {}) => client.callTool({ name, arguments: args });
const opened = (method: string) => requests.some((request) => request.method === method && request.status === 200);

afterEach(async () => {
  await client.close();
  fetch.close();
  await server.close();
});

describe.each(FRAMEWORKS)('$name', (framework) => {
  describe.each([
    { line: '1.x', json: false },
    { line: '1.x', json: true },
    { line: '2.x', json: false },
    { line: '2.x', json: true },
  ] as const)('over SDK $line, JSON answers: $json', (route) => {
    beforeEach(() => open(framework, route));

    it('verifies what comes in, and signs what goes out', async () => {
      expect(textOf(await call('echo', { text: 'hello' }))).toBe('hello');
      expect(fetch.securityState).toBe('established');
      expect(fetch.peer?.passportId).toBe(parties.server.identity.passport.passport_id);
      expect(server.routes.seen()).toMatchObject({
        names: ['echo'],
        callers: [parties.client.identity.passport.passport_id],
      });
      expect(errors).toEqual([]);
    });

    it('opens the stream of a session, and ends the session', async () => {
      await until(() => opened('GET'));
      await transport.terminateSession();
      expect(opened('DELETE')).toBe(true);
      await expect(call('echo', { text: 'late' })).rejects.toThrow();
      expect(server.routes.seen().names).toEqual([]);
    });
  });

  it('carries progress, and calls of the server to its client, in event streams', async () => {
    await open(framework, { line: '1.x' });
    const steps: number[] = [];
    const progress = { onprogress: ({ progress: step }: { progress: number }) => void steps.push(step) };
    await client.callTool({ name: 'progress', arguments: { steps: 20 } }, undefined, progress);
    expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(textOf(await call('elicit'))).toBe('accept: {"name":"Ada"}');
    expect(errors).toEqual([]);
  });

  it('carries messages of a megabyte both ways', async () => {
    await open(framework, { line: '1.x' });
    const text = 'ä'.repeat(500_000);
    expect(textOf(await call('echo', { text }))).toBe(text);
  });

  it('lets a call be cancelled', async () => {
    await open(framework, { line: '1.x' });
    const abort = new AbortController();
    const waiting = client.callTool({ name: 'wait', arguments: {} }, undefined, { signal: abort.signal });
    await until(() => server.routes.seen().names.includes('wait'));
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await until(() => server.routes.seen().cancelled.includes('wait'));
  });

  it.each(framework.oauth)('merges the identity with what OAuth said %s it', async (place) => {
    await open(
      framework,
      { line: '1.x' },
      {
        oauth: {
          place,
          authInfo: { token: 't', clientId: 'oauth', scopes: ['s'], extra: { mcps: 'forged', sub: 'u' } },
        },
      },
    );
    const said = JSON.parse(textOf(await call('whoami'))) as object;
    expect(said).toMatchObject({
      clientId: 'oauth',
      scopes: ['s'],
      extra: { sub: 'u', mcps: { passportId: parties.client.identity.passport.passport_id } },
    });
  });
});
