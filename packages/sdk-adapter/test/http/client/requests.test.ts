import { afterEach, describe, expect, it } from 'vitest';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { isCall, reasonsIn, rejectionOf, textOf } from '../../harness/expectations.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp } from '../../harness/secured-http.js';
import { createClient } from '../../harness/session.js';

let http: SecuredHttp;

afterEach(() => http.close());

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
};
const ECHO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text: 'hello' } },
};

/** The messages of a response, whichever way they come. */
async function messagesOf(response: Response): Promise<any[]> {
  const body = await response.text();
  if (!body.startsWith('{')) return [...body.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  return [JSON.parse(body)];
}

describe('a `Request` in place of an address and an init', () => {
  it('is signed like any other, with its headers and its body', async () => {
    http = await openSecuredHttp();
    const post = (body: unknown, headers: Record<string, string> = {}) =>
      http.fetch(
        new Request(http.url, { method: 'POST', headers: { ...HEADERS, ...headers }, body: JSON.stringify(body) }),
      );
    const begun = await post(INITIALIZE);
    const session = { 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
    await messagesOf(begun);
    await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session);
    const [answer] = await messagesOf(await post(ECHO, { ...session, 'x-of-the-application': 'kept' }));
    expect(textOf(answer.result)).toBe('hello');
    const [request] = http.tap.requests.filter(({ body }) => body.includes('"echo"'));
    expect(request?.headers['x-of-the-application']).toBe('kept');
    expect(http.tap.posted.every((message) => message.mcps !== undefined)).toBe(true);
  });

  it('is left readable for whoever made it', async () => {
    http = await openSecuredHttp();
    const request = new Request(http.url, { method: 'POST', headers: HEADERS, body: JSON.stringify(INITIALIZE) });
    await messagesOf(await http.fetch(request));
    expect(await request.json()).toEqual(INITIALIZE);
  });

  it('is aborted by its own signal', async () => {
    http = await openSecuredHttp();
    const controller = new AbortController();
    const { signal } = controller;
    const request = new Request(http.url, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(INITIALIZE),
      signal,
    });
    http.tap.answer = () => new Promise(() => undefined);
    const waiting = http.fetch(request).then((response) => response.text());
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a session that is taken up again', () => {
  it('goes on where it was: the same peer, the same session, no second handshake', async () => {
    http = await openSecuredHttp();
    const client = await http.connect();
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'before' } }))).toBe('before');
    const { sessionId } = client.transport as StreamableHTTPClientTransport;
    const snapshot = JSON.parse(JSON.stringify(http.fetch.snapshot())) as ReturnType<typeof http.fetch.snapshot>;
    const session = http.fetch.securitySession;

    const fetch = http.newFetch({ snapshot: snapshot! });
    const later = createClient([], undefined);
    // A preset session id: this SDK sends no `initialize` then.
    await later.connect(new StreamableHTTPClientTransport(http.url, { fetch, sessionId: sessionId! }));
    expect(textOf(await later.callTool({ name: 'echo', arguments: { text: 'after' } }))).toBe('after');
    expect(fetch.securitySession).toBe(session);
    expect(fetch.peer?.passportId).toBe(http.parties.server.identity.passport.passport_id);
    expect(http.tap.posted.filter(({ method }) => method === 'initialize')).toHaveLength(1);
    await later.close();
  });

  it('is refused without what it goes on with', async () => {
    http = await openSecuredHttp();
    const client = await http.connect();
    const { sessionId } = client.transport as StreamableHTTPClientTransport;
    const later = createClient([], undefined);
    const fetch = http.newFetch({ audience: http.parties.server.identity.passport.passport_id });
    await later.connect(new StreamableHTTPClientTransport(http.url, { fetch, sessionId: sessionId! }));
    await rejectionOf(later.callTool({ name: 'echo', arguments: { text: 'after' } }));
    expect(http.calls.names).toEqual([]);
    await later.close();
  });
});

describe('a question of the server', () => {
  it('that was changed on the way is refused, and the server told so at once', async () => {
    http = await openSecuredHttp();
    const client = await http.connect();
    http.tap.answer = (message) =>
      message.method === 'elicitation/create'
        ? [{ ...message, params: { ...message.params, message: 'Your password, please?' } }]
        : [message];
    const answer = await client.callTool({ name: 'elicit', arguments: {} }).catch((error: unknown) => error);
    // The call is answered by a server that has had its question refused: neither side waits.
    expect(JSON.stringify(answer)).not.toContain('accept');
    expect(reasonsIn(http.errors)).toContain('signature_invalid');
    const refusal = http.tap.posted.find(({ error }) => error !== undefined);
    expect(refusal).toMatchObject({ error: { code: -33004, data: { reason: 'signature_invalid' } } });
    expect(refusal.mcps).toBeDefined();
  });
});

describe('an event stream', () => {
  it('of hundreds loses none', async () => {
    http = await openSecuredHttp();
    const client = await http.connect();
    const steps: number[] = [];
    await client.callTool({ name: 'progress', arguments: { steps: 300 } }, undefined, {
      onprogress: ({ progress }) => void steps.push(progress),
    });
    expect(steps).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });

  it('ends at an event over the limit, and whoever waits for an answer is told', async () => {
    http = await openSecuredHttp({ client: { maxBodyBytes: 20_000 } });
    const client = await http.connect();
    const text = 'x'.repeat(30_000);
    const refused = await rejectionOf(client.callTool({ name: 'echo', arguments: { text } }));
    expect(refused.data).toMatchObject({ outcome: 'unknown' });
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'on' } }))).toBe('on');
    expect(http.tap.posted.filter(isCall('echo'))).toHaveLength(2);
  });
});
