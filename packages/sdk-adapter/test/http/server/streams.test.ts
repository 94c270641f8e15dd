import { KnownRevocations } from '@mcps/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureHandler } from '../../../src/http.js';
import type { SecuredHandler, SecureHandlerOptions } from '../../../src/http.js';
import { OrderedEventStore } from '../../harness/event-store.js';
import { until } from '../../harness/expectations.js';
import { newCalls } from '../../harness/fixture-server.js';
import type { Calls } from '../../harness/fixture-server.js';
import { serveHandler, webStandardHandler } from '../../harness/handler-server.js';
import type { HttpServer } from '../../harness/http-server.js';
import type { Wire } from '../../harness/message.js';
import { makeParties } from '../../harness/parties.js';
import type { Parties } from '../../harness/parties.js';
import { SigningClient } from '../../harness/signing-client.js';

let parties: Parties;
let calls: Calls;
let revocations: KnownRevocations;
let handler: SecuredHandler;
let server: HttpServer;
let client: SigningClient;

beforeEach(async () => {
  parties = await makeParties();
  calls = newCalls();
  revocations = new KnownRevocations();
  const options: SecureHandlerOptions = { ...parties.server.options, revocations };
  handler = secureHandler(webStandardHandler(calls, { eventStore: new OrderedEventStore() }), options);
  server = await serveHandler(handler);
  client = await SigningClient.open(parties.client.options, server.url.href);
  await client.connect();
});

afterEach(async () => {
  handler.close();
  await server.close();
});

/** Everything of a response that the client's connection delivers, until its stream ends. */
async function delivered(response: Response): Promise<{ messages: Wire[]; ids: (string | undefined)[] }> {
  const [messages, ids]: [Wire[], (string | undefined)[]] = [[], []];
  await client.read(response, async (message, id) => {
    ids.push(id);
    for (const each of await client.connection.open(message))
      messages.push(each.type === 'deliver' ? each.message : each);
  });
  return { messages, ids };
}

describe('a request without a body', () => {
  it('opens a stream with a header of its own', async () => {
    const response = await client.bodiless('GET');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await response.body?.cancel();
  });

  it.each([
    ['no header', () => Promise.resolve(undefined), 'envelope_missing'],
    ['an empty one', () => Promise.resolve(''), 'envelope_malformed'],
    ['one for another verb', () => client.connection.protectRequest(asked('DELETE')), 'signature_invalid'],
    [
      'one for another place of the stream',
      () => client.connection.protectRequest(asked('GET', 'x')),
      'signature_invalid',
    ],
  ])('is refused with %s', async (_, header, reason) => {
    const response = await client.bodiless('GET', undefined, await header());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ id: null, error: { data: { reason } } });
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  const asked = (verb: string, lastEventId?: string) => ({
    verb,
    target: server.url.pathname,
    httpSession: client.sessionId,
    lastEventId,
  });

  it('is refused when it comes a second time', async () => {
    const header = await client.connection.protectRequest(asked('GET'));
    const first = await client.bodiless('GET', undefined, header);
    expect(first.status).toBe(200);
    await first.body?.cancel();
    const second = await client.bodiless('GET', undefined, header);
    expect(await second.json()).toMatchObject({ error: { data: { reason: 'nonce_repeated' } } });
  });

  it('ends the session, and nothing is left of it', async () => {
    expect((await client.bodiless('DELETE')).status).toBe(200);
    expect((await client.exchange('ping')).response.status).toBe(404);
  });
});

describe('a stream', () => {
  it('carries progress in front of the answer, each message signed, ids as the store gave them', async () => {
    const signed = await client.sign({
      jsonrpc: '2.0',
      id: 'p',
      method: 'tools/call',
      params: { name: 'progress', arguments: { steps: 3 }, _meta: { progressToken: 't' } },
    });
    const { raw, incoming } = await client.post(signed);
    expect(raw.every((message) => message.mcps !== undefined)).toBe(true);
    expect(incoming.map((each) => each.type === 'deliver' && (each.message as Wire).method)).toEqual([
      'notifications/progress',
      'notifications/progress',
      'notifications/progress',
      undefined,
    ]);
  });

  it('carries a question of the server, and takes the signed answer', async () => {
    const signed = await client.sign({
      jsonrpc: '2.0',
      id: 'e',
      method: 'tools/call',
      params: { name: 'elicit', arguments: {} },
    });
    const response = await fetch(server.url, {
      method: 'POST',
      body: JSON.stringify(signed),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.sessionId ?? '',
        ...client.headers,
      },
    });
    const answers: Wire[] = [];
    await client.read(response, async (message) => {
      for (const each of await client.connection.open(message)) {
        if (each.type !== 'deliver') continue;
        const opened = each.message as Wire;
        if (opened.method === 'elicitation/create')
          await client.send({ jsonrpc: '2.0', id: opened.id, result: { action: 'accept', content: { name: 'Ada' } } });
        else answers.push(opened);
      }
    });
    expect(answers[0].result.content[0].text).toContain('Ada');
  });

  it('resumes: what was stored unsigned is signed anew, and bound to its request', async () => {
    const signed = await client.sign({
      jsonrpc: '2.0',
      id: 'r',
      method: 'tools/call',
      params: { name: 'progress', arguments: { steps: 2 }, _meta: { progressToken: 't' } },
    });
    // The client reads the whole stream, believes none of it, and asks for all that came after the first event.
    const first = await fetch(server.url, {
      method: 'POST',
      body: JSON.stringify(signed),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.sessionId ?? '',
        ...client.headers,
      },
    });
    const text = await first.text();
    const ids = [...text.matchAll(/^id: (.*)$/gm)].map((match) => match[1] ?? '');
    const firstNonces = [...text.matchAll(/"nonce":"([^"]+)"/g)].map((match) => match[1]);
    const resumed = await client.bodiless('GET', ids[0]);
    expect(resumed.status).toBe(200);
    const reading = delivered(resumed);
    // The official transport keeps a resumed stream open.
    setTimeout(() => handler.close(), 1500);
    const { messages } = await reading;
    expect(messages.map((message) => message.method ?? message.id)).toEqual([
      'notifications/progress',
      'notifications/progress',
      'r',
    ]);
    expect(messages[2].result.content[0].text).toBe('2 steps');
    expect(firstNonces).toHaveLength(3);
  });

  it('ends as soon as its client is revoked, and nothing more is delivered', async () => {
    const response = await client.bodiless('GET');
    const ended = delivered(response);
    const { passport } = parties.client.identity;
    revocations.add(parties.authority.issuer, passport.passport_id, Date.now() + 60_000);
    expect((await ended).messages).toEqual([]);
    const { raw } = await client.exchange('tools/call', { name: 'echo', arguments: { text: 'x' } });
    expect(raw[0].error.data.reason).toBe('passport_revoked');
    expect(calls.names).toEqual([]);
  });

  it('aborts its call where the client hangs up', async () => {
    const aborting = new AbortController();
    const signed = await client.sign({
      jsonrpc: '2.0',
      id: 'w',
      method: 'tools/call',
      params: { name: 'slow', arguments: { ms: 50 } },
    });
    const posting = client.post(signed, { signal: aborting.signal });
    await until(() => calls.names.includes('slow'));
    aborting.abort();
    await expect(posting).rejects.toThrow();
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });
});
