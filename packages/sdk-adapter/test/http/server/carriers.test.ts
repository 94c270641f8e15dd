import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { resolveSecurity } from '@mcps/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { secureHandler } from '../../../src/http.js';
import type { RequestHandler } from '../../../src/http.js';
import { isMethod, rejectionOf, textOf, until } from '../../harness/expectations.js';
import { newCalls } from '../../harness/fixture-server.js';
import { serveHandler, statelessHandler, webStandardHandler } from '../../harness/handler-server.js';
import { isSigned } from '../../harness/message.js';
import { makeParties } from '../../harness/parties.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp, SecuredHttpOptions } from '../../harness/secured-http.js';
import { createClient } from '../../harness/session.js';
import { SigningClient } from '../../harness/signing-client.js';
import {
  createFixtureServer as createModernServer,
  newCalls as newModernCalls,
} from '../../v2/harness/fixture-server.js';
import { createClient as createClient2 } from '../../v2/harness/session.js';

/** Short: who waits for it has not been told anything. */
const TELLS_AT_ONCE = { timeout: 20_000 };

let http: SecuredHttp;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await http.close();
});

/** A handler whose options say nothing of carriers. */
async function open(options: SecuredHttpOptions = {}): Promise<void> {
  http = await openSecuredHttp(options);
}

async function decorated(): Promise<Client> {
  const client = createClient(http.errors, http.parties.client.options);
  cleanups.push(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(http.url));
  return client;
}

async function decorated2(options: ConstructorParameters<typeof Client2>[1] = {}): Promise<Client2> {
  const audience = http.parties.server.identity.passport.passport_id;
  const client = createClient2(http.errors, { ...http.parties.client.options, audience }, options);
  cleanups.push(() => client.close());
  await client.connect(new Transport2(http.url));
  return client;
}

const modern = (): RequestHandler => {
  const sdk = createMcpHandler(() => createModernServer(newModernCalls()));
  return (request, extra) => sdk.fetch(request, extra as never);
};

const PIN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;

/** What decorates a transport signs no request without a body, and is told so in an error that nobody can sign. */
const answers = () => http.tap.answers.filter(({ id }) => id !== null);

const isTopLevel = (message: any): boolean => message.mcps !== undefined;
const echoed = async (client: Client | Client2, text: string) =>
  textOf(await client.callTool({ name: 'echo', arguments: { text } }));

describe.each([
  ['event streams', false],
  ['JSON', true],
] as const)('a handler that answers with %s', (_, enableJsonResponse) => {
  const inner: SecuredHttpOptions['inner'] = (calls) => webStandardHandler(calls, { enableJsonResponse });

  it('answers a decorated client of 1.x in `_meta`', async () => {
    await open({ inner });
    expect(await echoed(await decorated(), 'x')).toBe('x');
    expect(answers().length).toBeGreaterThan(1);
    expect(answers().every(isSigned)).toBe(true);
  });

  it('answers a decorated client of 2.x in `_meta`', async () => {
    await open({ inner });
    expect(await echoed(await decorated2(), 'x')).toBe('x');
    expect(answers().every(isSigned)).toBe(true);
  });

  it('answers whoever signs at the top level there', async () => {
    await open({ inner });
    expect(await echoed(await http.connect(), 'x')).toBe('x');
    expect(answers().every(isTopLevel)).toBe(true);
  });

  it('answers whoever signs below the SDK in `_meta` there', async () => {
    await open({ inner, client: { carrier: 'meta' } });
    expect(await echoed(await http.connect(), 'x')).toBe('x');
    expect(answers().every(isSigned)).toBe(true);
  });
});

it('two clients of one handler have an answer each where they look for it, and requests of the server too', async () => {
  await open();
  const [inMeta, atTop] = [await decorated(), await http.connect()];
  const carriers = new Map<string, Set<boolean>>();
  http.tap.answer = (message, { headers }) => {
    const session = headers['mcp-session-id'] ?? '';
    if (message.id !== null) carriers.set(session, (carriers.get(session) ?? new Set()).add(isTopLevel(message)));
    return [message];
  };
  const clients = [inMeta, atTop, inMeta, atTop];
  const answers = await Promise.all(clients.map((client, at) => echoed(client, String(at))));
  expect(answers).toEqual(['0', '1', '2', '3']);
  for (const client of clients) expect(textOf(await client.callTool({ name: 'elicit' }))).toContain('accept');
  const asked = http.tap.answers.filter(isMethod('elicitation/create'));
  expect(asked.map(isTopLevel)).toEqual([false, true, false, true]);
  expect([...carriers.values()].map((seen) => [...seen])).toEqual([[false], [true]]);
});

it.each(['meta', 'top-level'] as const)(
  'what the server says of its own accord comes as the client signs: %s',
  async (carrier) => {
    let notify: () => Promise<void> = () => Promise.reject(new Error('no server'));
    await open({
      client: { carrier },
      inner: (calls) => webStandardHandler(calls, {}, (server) => (notify = () => server.server.sendToolListChanged())),
    });
    await http.connect();
    const heard = () => http.tap.answers.some(isMethod('notifications/tools/list_changed'));
    // What is said before the stream is open, nobody hears.
    const saying = setInterval(() => void notify().catch(() => undefined), 20);
    await until(heard, 'the notification').finally(() => clearInterval(saying));
    const [told] = http.tap.answers.filter(isMethod('notifications/tools/list_changed'));
    expect([isTopLevel(told), isSigned(told)]).toEqual([carrier === 'top-level', carrier === 'meta']);
    expect(http.errors).toEqual([]);
  },
);

it('without sessions each request is answered in its own carrier', async () => {
  await open({ inner: statelessHandler, server: { stateless: true } });
  expect(await echoed(await decorated(), 'x')).toBe('x');
  expect(answers().every(isSigned)).toBe(true);
  http.tap.answers.length = 0;
  expect(await echoed(await http.connect(), 'x')).toBe('x');
  expect(answers().every(isTopLevel)).toBe(true);
});

it('revision 2026-07-28 is answered in `_meta` where a decorated client asks, and at the top level where one below the SDK does', async () => {
  await open({ inner: modern });
  expect(await echoed(await decorated2(PIN), 'x')).toBe('x');
  expect(answers().every(isSigned)).toBe(true);
  http.tap.answers.length = 0;
  const client = createClient2([], undefined, PIN);
  cleanups.push(() => client.close());
  await client.connect(new Transport2(http.url, { fetch: http.fetch }));
  expect(await echoed(client, 'x')).toBe('x');
  expect(answers().every(isTopLevel)).toBe(true);
});

describe('a refusal', () => {
  it('reaches a client of 1.x without MCPS at once', async () => {
    await open();
    const client = new Client({ name: 'stranger', version: '1.0.0' });
    const refused = await rejectionOf(client.connect(new StreamableHTTPClientTransport(http.url), TELLS_AT_ONCE));
    expect(refused).toMatchObject({ code: -33004, data: { code: 'MCPS-004', reason: 'envelope_missing' } });
  });

  it.each([
    ['the latest of 2025', {}],
    ['auto', { versionNegotiation: { mode: 'auto' } }],
  ] as const)('reaches a client of 2.x without MCPS at once: %s', async (_, options) => {
    await open({ inner: modern, server: { stateless: true } });
    const client = new Client2({ name: 'stranger', version: '1.0.0' }, options);
    const refused = await rejectionOf(client.connect(new Transport2(http.url), TELLS_AT_ONCE));
    expect(refused).toMatchObject({ code: -33004, data: { code: 'MCPS-004', reason: 'envelope_missing' } });
  });

  it('ends the search of a client that speaks 2026-07-28 or nothing, and of no schema', async () => {
    await open({ inner: modern });
    const client = new Client2({ name: 'stranger', version: '1.0.0' }, PIN);
    const refused = await rejectionOf(client.connect(new Transport2(http.url), TELLS_AT_ONCE));
    // What the server answered to `server/discover` is not in what this SDK then says.
    expect(refused.code).toBe('ERA_NEGOTIATION_FAILED');
    expect(http.tap.answers).toMatchObject([{ error: { code: -33004, data: { reason: 'envelope_missing' } } }]);
    expect(answers().every(isSigned)).toBe(true);
  });

  it.each(['2025-03-26', '2025-06-18', '2025-11-25'])(
    'is in `_meta` for an unsigned `initialize` of %s',
    async (revision) => {
      await open();
      const params = {
        protocolVersion: revision,
        capabilities: {},
        clientInfo: { name: 'stranger', version: '1.0.0' },
      };
      const response = await fetch(http.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'initialize', params }),
      });
      const answer: any = await response.json();
      expect(Object.keys(answer).sort()).toEqual(['error', 'id', 'jsonrpc']);
      expect(answer).toMatchObject({ id: 7, error: { code: -33004 } });
      expect(isSigned(answer)).toBe(true);
    },
  );

  it.each(['top-level', 'meta'] as const)('of a changed message is where its envelope was: %s', async (carrier) => {
    await open();
    const client = await SigningClient.open({ ...http.parties.client.options, carrier }, http.url.href);
    await client.connect();
    const signed = await client.sign({ jsonrpc: '2.0', id: 'x', method: 'tools/list', params: { cursor: 'a' } });
    const { raw } = await client.post({ ...signed, params: { ...signed.params, cursor: 'b' } });
    expect(raw[0].error.data.reason).toBe('signature_invalid');
    expect([isTopLevel(raw[0]), isSigned(raw[0])]).toEqual([carrier === 'top-level', carrier === 'meta']);
  });
});

it('a carrier that is configured is used for everybody', async () => {
  await open({ server: { carrier: 'meta' } });
  expect(await echoed(await http.connect(), 'x')).toBe('x');
  expect(http.tap.posted.every(isTopLevel)).toBe(true);
  expect(answers().every(isSigned)).toBe(true);
});

it('a configuration that was resolved elsewhere answers in the carrier of the request as well', async () => {
  await open();
  const parties = await makeParties();
  const config = await resolveSecurity('server', parties.server.options);
  const server = await serveHandler(secureHandler(webStandardHandler(newCalls()), { config }));
  for (const carrier of ['top-level', 'meta'] as const) {
    const client = await SigningClient.open({ ...parties.client.options, carrier }, server.url.href);
    await client.connect();
    const { raw } = await client.exchange('ping');
    expect(raw.map(isTopLevel)).toEqual([carrier === 'top-level']);
  }
  await server.close();
});
