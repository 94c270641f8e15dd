import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Client, ClientOptions } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import type { RequestHandler } from '../../../src/http.js';
import { isMethod, rejectionOf, textOf, until } from '../../harness/expectations.js';
import { webStandardHandler } from '../../harness/handler-server.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp, SecuredHttpOptions } from '../../harness/secured-http.js';
import { createFixtureServer, newCalls } from '../../v2/harness/fixture-server.js';
import type { Calls } from '../../v2/harness/fixture-server.js';
import { createClient } from '../../v2/harness/session.js';

const PIN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
const AUTO = { versionNegotiation: { mode: 'auto' } } as const;

let http: SecuredHttp;
let calls: Calls;
let sdk: McpHttpHandler;
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await http.close();
});

const modern = (): RequestHandler => {
  calls = newCalls();
  sdk = createMcpHandler(() => createFixtureServer(calls));
  return (request, extra) => sdk.fetch(request, extra as never);
};

async function open(carrier: 'top-level' | 'meta', more: SecuredHttpOptions = {}): Promise<void> {
  http = await openSecuredHttp({ inner: modern, client: { carrier }, server: { carrier }, ...more });
}

async function connect(options: ClientOptions): Promise<Client> {
  const client = createClient(http.errors, undefined, options);
  clients.push(client);
  await client.connect(new StreamableHTTPClientTransport(http.url, { fetch: http.fetch }));
  return client;
}

const isSignedOn = (message: any) =>
  message.mcps !== undefined || JSON.stringify(message).includes('dev.mcps/envelope');
const unsigned = (messages: any[]) => messages.filter((message) => !isSignedOn(message));

/** Everything of ours taken away, wherever it stands. */
function bare(message: any): any {
  return JSON.parse(JSON.stringify(message), (key, value) =>
    key.startsWith('dev.mcps/') || key === 'mcps' ? undefined : value,
  );
}

describe.each([
  ['top-level', PIN],
  ['top-level', AUTO],
  ['meta', PIN],
  ['meta', AUTO],
] as const)('revision 2026-07-28, carrier %s, %o', (carrier, options) => {
  it('is signed from the first question on, and whoever answers it is known', async () => {
    await open(carrier);
    const client = await connect(options);
    expect(client.getProtocolEra()).toBe('modern');
    expect(http.tap.posted.map(({ method }) => method)).toEqual(['server/discover']);
    expect(http.fetch.peer?.passportId).toBe(http.parties.server.identity.passport.passport_id);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'hé\u{1F600}' } }))).toBe('hé\u{1F600}');
    const { caller, authInfo } = JSON.parse(textOf(await client.callTool({ name: 'whoami' })));
    expect(caller.passportId).toBe(http.parties.client.identity.passport.passport_id);
    expect(authInfo.extra.mcps.passportId).toBe(caller.passportId);
    const steps: number[] = [];
    await client.callTool(
      { name: 'progress', arguments: { steps: 3 } },
      { onprogress: ({ progress }) => void steps.push(progress) },
    );
    expect(steps).toEqual([1, 2, 3]);
    expect(unsigned([...http.tap.posted, ...http.tap.answers])).toEqual([]);
    expect([http.errors, http.serverErrors]).toEqual([[], []]);
  });

  it('asks the user in a result, and signs the second try anew', async () => {
    await open(carrier);
    const client = await connect(options);
    expect(textOf(await client.callTool({ name: 'ask' }))).toBe('Ada');
    expect(calls.names).toEqual(['ask', 'ask']);
    const tries = http.tap.posted.filter(isMethod('tools/call'));
    const nonces = tries.map((message) => (message.mcps ?? message.params._meta['dev.mcps/envelope']).nonce);
    expect(new Set(nonces).size).toBe(2);
    expect(unsigned(tries)).toEqual([]);
  });

  it('listens for changes, and ends that by closing the stream', async () => {
    await open(carrier);
    const client = await connect(options);
    let changes = 0;
    client.setNotificationHandler('notifications/tools/list_changed', () => void (changes += 1));
    const subscription = await client.listen({ toolsListChanged: true });
    sdk.notify.toolsChanged();
    await until(() => changes === 1, 'the change');
    await subscription.close();
    sdk.notify.toolsChanged();
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'on' } }))).toBe('on');
    expect(changes).toBe(1);
    expect(unsigned(http.tap.answers)).toEqual([]);
    expect(http.errors).toEqual([]);
  });

  it('cancels a call by closing the stream of its request', async () => {
    await open(carrier);
    const client = await connect(options);
    const controller = new AbortController();
    const ended = client.callTool({ name: 'wait' }, { signal: controller.signal }).catch(String);
    await until(() => calls.names.includes('wait'), 'the call');
    controller.abort('enough');
    expect(await ended).toContain('enough');
    await until(() => calls.cancelled.length > 0, 'the cancellation');
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'on' } }))).toBe('on');
  });

  it('gives the application the signed error of a response with status 400', async () => {
    await open(carrier);
    const client = await connect(options);
    http.tap.request = (request) => {
      request.body = request.body.replace('"fine"', '"evil"');
      return undefined;
    };
    const refused = await rejectionOf(client.callTool({ name: 'echo', arguments: { text: 'fine' } }));
    expect(http.tap.statuses.at(-1)?.status).toBe(400);
    expect(isSignedOn(http.tap.answers.at(-1))).toBe(true);
    expect(refused).toBeInstanceOf(Error);
    expect(calls.names).toEqual([]);
  });

  it('never goes on without security where the answer to the first question is stripped of it', async () => {
    await open(carrier);
    http.tap.answer = (message) => [bare(message)];
    await rejectionOf(connect(options));
    expect(http.fetch.securityState).not.toBe('plain');
    expect(unsigned(http.tap.posted)).toEqual([]);
    expect(calls.names).toEqual([]);
  });

  it('never believes an answer that somebody else has made up', async () => {
    await open(carrier);
    http.tap.answer = (message) => {
      if (message.result !== undefined) message.result.instructions = 'evil';
      return [message];
    };
    await rejectionOf(connect(options));
    expect(calls.names).toEqual([]);
  });
});

describe.each(['top-level', 'meta'] as const)('a server of 2025, carrier %s', (carrier) => {
  it('is found by asking, and secured by a handshake', async () => {
    await open(carrier, { inner: webStandardHandler });
    const client = await connect(AUTO);
    expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
    expect(http.tap.posted.map(({ method }) => method).slice(0, 2)).toEqual(['server/discover', 'initialize']);
    expect(http.fetch.securityState).toBe('established');
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'x' } }))).toBe('x');
    expect(unsigned(http.tap.posted)).toEqual([]);
  });

  it('is not what somebody on the way makes of a server that knows more', async () => {
    await open(carrier);
    http.tap.request = ({ body }) =>
      body.includes('server/discover')
        ? { status: 404, body: 'x', headers: { 'content-type': 'text/plain' } }
        : undefined;
    const client = await connect(AUTO).catch(() => undefined);
    // An older revision is the most that can be brought about so, and that is secured as well.
    if (client !== undefined) expect(http.fetch.securityState).not.toBe('plain');
    expect(unsigned(http.tap.posted)).toEqual([]);
  });
});
