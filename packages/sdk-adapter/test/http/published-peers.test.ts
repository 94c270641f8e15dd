import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { MemoryKnownPeers, MemoryReplayStore } from '@mcps/protocol';
import type { Reason } from '@mcps/protocol';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureFetch, secureHandler } from '../../src/http.js';
import type { SecureFetch, SecureHandlerOptions } from '../../src/http.js';
import { reasonsIn, rejectionOf, textOf } from '../harness/expectations.js';
import { newCalls } from '../harness/fixture-server.js';
import { serveHandler, statelessHandler, webStandardHandler } from '../harness/handler-server.js';
import type { Identity } from '../harness/identities.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties, PartyOptions } from '../harness/parties.js';
import { PublishedPeer, servePublished, settingsOf, storeWith } from '../harness/published-peer.js';
import type { PublishedHttpServer } from '../harness/published-peer.js';
import { createClient } from '../harness/session.js';

let parties: Parties;
let published: Identity;
let errors: Error[];
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  parties = await makeParties();
  published = await parties.authority.issue('published');
  errors = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const onError = (error: Error): void => void errors.push(error);

describe.each([
  ['JSON', false],
  ['events', true],
])('a client of the SDK with a published server, answers as %s', (_form, asEvents) => {
  let server: PublishedHttpServer;
  let policy: Partial<PartyOptions>;

  beforeEach(async () => {
    server = await servePublished(new PublishedPeer(settingsOf(published, parties.client.identity)), asEvents);
    cleanups.push(() => server.close());
    // Published servers do not sign their tools as a whole: without this, none of them is shown or called.
    policy = {
      allowPublishedPeers: true,
      passportStore: await storeWith(parties.authority, published),
      tools: { requireSignature: false },
    };
  });

  function open(options: Partial<PartyOptions> = policy): {
    client: Client;
    fetch: SecureFetch;
    connect(): Promise<void>;
  } {
    const fetch = secureFetch(globalThis.fetch, { ...parties.client.options, onError, ...options });
    const client = createClient(errors, undefined);
    cleanups.push(() => fetch.close());
    cleanups.push(() => client.close());
    return { client, fetch, connect: () => client.connect(new StreamableHTTPClientTransport(server.url, { fetch })) };
  }

  const echo = (client: Client, text: string) => client.callTool({ name: 'echo', arguments: { text } });

  it('is served where policy says so', async () => {
    const { client, fetch, connect } = open();
    const notes: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void notes.push(params.data));
    await connect();
    expect(client.getServerVersion()?.name).toBe('published');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo']);
    const answers = await Promise.all(['a', 'b', 'c'].map(async (text) => textOf(await echo(client, text))));
    expect(answers).toEqual(['a', 'b', 'c']);
    expect(fetch.securityState).toBe('established');
    expect(fetch.peer).toMatchObject({ passportId: published.passport.passport_id, level: 1 });
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    expect(notes).toEqual(asEvents ? Array(4).fill('so far') : []);
    expect([server.faults, errors]).toEqual([[], []]);
    expect(server.posted.map(({ method }) => method).slice(0, 3)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
    ]);
  });

  const refusals: [string, () => Partial<PartyOptions> | Promise<Partial<PartyOptions>>, Reason][] = [
    ['by default', () => ({ passportStore: policy.passportStore }) as Partial<PartyOptions>, 'reply_unbound'],
    ['whose passport is not held', () => ({ allowPublishedPeers: true }), 'unknown_passport'],
    [
      'in place of one that speaks the profile',
      async () => {
        const knownPeers = new MemoryKnownPeers();
        await knownPeers.add(server.url.href);
        return { ...policy, knownPeers };
      },
      'downgrade',
    ],
  ];

  it.each(refusals)('is refused %s, and sent nothing more', async (_case, options, reason) => {
    const { fetch, connect } = open(await options());
    expect((await rejectionOf(connect())).data).toMatchObject({ reason, outcome: 'unknown' });
    expect(fetch.securityState).toBe('closed');
    expect(reasonsIn(errors)).toEqual([reason]);
    expect(server.posted.map(({ method }) => method)).toEqual(['initialize']);
  });

  it('is believed once: a recorded answer opens no second session', async () => {
    let recorded: Wire;
    const { write } = server;
    server.write = (answer) => (recorded ??= write(answer));
    const first = open();
    await first.connect();
    await first.client.close();
    const shared = { ...parties.client.options, onError, ...policy };
    const sessions = [0, 1].map(() => {
      const fetch = secureFetch(globalThis.fetch, shared);
      cleanups.push(() => fetch.close());
      const client = createClient(errors, undefined);
      return () => client.connect(new StreamableHTTPClientTransport(server.url, { fetch }));
    });
    // Another process, which began later: nothing is in its store, and the answer lies below the floor of that.
    expect((await rejectionOf(sessions[0]!())).data).toMatchObject({ reason: 'below_store_floor' });
    recorded = undefined;
    await sessions[1]!();
    const third = secureFetch(globalThis.fetch, shared);
    cleanups.push(() => third.close());
    const again = createClient(errors, undefined);
    const replayed = again.connect(new StreamableHTTPClientTransport(server.url, { fetch: third }));
    expect((await rejectionOf(replayed)).data).toMatchObject({ reason: 'nonce_repeated' });
  });

  it('is the same to the end: answers of others, unsigned, changed or to other calls are refused', async () => {
    const other = await parties.authority.issue('other');
    const store = await storeWith(parties.authority, published, other);
    const { client, connect } = open({ ...policy, passportStore: store });
    await connect();
    const { write } = server;
    const thief = new PublishedPeer(settingsOf(other));
    const forged: [(answer: Wire) => Wire, Reason][] = [
      [(answer) => thief.sign(answer), 'signer_changed'],
      [(answer) => answer, 'envelope_missing'],
      [(answer) => ({ ...write(answer), result: { content: [] } }), 'signature_invalid'],
    ];
    for (const [forge, reason] of forged) {
      server.write = forge;
      expect((await rejectionOf(echo(client, 'x'))).data).toMatchObject({ reason, outcome: 'unknown' });
    }
    server.write = (answer) => write({ ...answer, id: 10_000 });
    expect((await rejectionOf(echo(client, 'x'))).data).toMatchObject({ outcome: 'unknown' });
    expect(reasonsIn(errors)).toContain('reply_mismatch');
    server.write = write;
    expect(textOf(await echo(client, 'on'))).toBe('on');
  });
});

describe('a published client of a secured handler', () => {
  const calls = newCalls();
  let url: string;
  let peer: PublishedPeer;
  let session: Record<string, string>;
  /** Begun before the client signs anything: a published message is not exempt from its floor. */
  let replayStore: MemoryReplayStore;

  beforeEach(() => {
    calls.names.length = 0;
    session = {};
    replayStore = new MemoryReplayStore();
    peer = new PublishedPeer(settingsOf(published, parties.server.identity));
  });

  async function serve(inner: typeof webStandardHandler, options: Partial<SecureHandlerOptions> = {}): Promise<void> {
    const handler = secureHandler(inner(calls), {
      ...parties.server.options,
      allowPublishedPeers: true,
      passportStore: await storeWith(parties.authority, published),
      replayStore,
      onError,
      ...options,
    });
    const http = await serveHandler(handler);
    cleanups.push(() => http.close());
    cleanups.push(() => handler.close());
    url = http.url.href;
  }

  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

  async function post(message: Wire): Promise<Wire> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, ...session },
      body: JSON.stringify(message),
    });
    const id = response.headers.get('mcp-session-id');
    if (id !== null) session = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
    const text = await response.text();
    const [, data = text] = /^data: (\{.*)$/m.exec(text) ?? [];
    return data === '' ? response.status : peer.open(JSON.parse(data));
  }
  const ask = (id: number, method: string, params: Wire = {}): Promise<Wire> =>
    post(peer.sign({ jsonrpc: '2.0', id, method, params }));
  const initialize = (): Promise<Wire> =>
    ask(0, 'initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'published', version: '1.0.0' },
    });
  const echo = (id: number, text: string): Promise<Wire> =>
    ask(id, 'tools/call', { name: 'echo', arguments: { text } });

  it.each([
    ['JSON', true],
    ['events', false],
  ])('is served where policy says so, answers as %s', async (_form, enableJsonResponse) => {
    await serve((made) => webStandardHandler(made, { enableJsonResponse }));
    expect((await initialize()).result.serverInfo.name).toBe('fixture');
    expect(await post(peer.sign({ jsonrpc: '2.0', method: 'notifications/initialized' }))).toBe(202);
    expect((await ask(1, 'tools/list')).result.tools.length).toBeGreaterThan(5);
    expect((await echo(2, 'é')).result.content).toEqual([{ type: 'text', text: 'é' }]);
    expect((await fetch(url, { method: 'DELETE', headers: session })).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it('is served by a handler that keeps no sessions', async () => {
    await serve(statelessHandler, { stateless: true });
    expect((await echo(1, 'x')).result.content).toEqual([{ type: 'text', text: 'x' }]);
    expect((await initialize()).result.serverInfo.name).toBe('fixture');
    expect(errors).toEqual([]);
  });

  it('is refused by default', async () => {
    await serve(webStandardHandler, { allowPublishedPeers: false });
    expect((await initialize()).error.data).toMatchObject({ code: 'MCPS-012', reason: 'hello_missing' });
    expect(calls.names).toEqual([]);
  });

  it('is refused what was changed, sent again or not signed, and goes on', async () => {
    await serve(webStandardHandler);
    await initialize();
    await post(peer.sign({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    const call = (id: number): Wire => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'x' } },
    });
    const once = peer.sign(call(1));
    expect((await post(once)).result.content).toHaveLength(1);
    expect((await post(once)).error.data).toMatchObject({ reason: 'nonce_repeated' });
    const changed = { ...peer.sign(call(2)), params: { name: 'echo', arguments: { text: 'y' } } };
    expect((await post(changed)).error.data).toMatchObject({ reason: 'signature_invalid' });
    const other = await parties.authority.issue('other');
    expect((await post(new PublishedPeer(settingsOf(other)).sign(call(3)))).error.data).toMatchObject({
      reason: 'unknown_passport',
    });
    expect(calls.names).toEqual(['echo']);
    expect((await echo(4, 'on')).result.content).toEqual([{ type: 'text', text: 'on' }]);
  });
});
