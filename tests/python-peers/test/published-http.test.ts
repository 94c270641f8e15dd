import type { ChildProcess } from 'node:child_process';
import { secureFetch, secureHandler } from '@mcps/sdk-adapter/http';
import type { RequestHandler, SecureFetch } from '@mcps/sdk-adapter/http';
import { MemoryReplayStore } from '@mcps/protocol';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { reasonsIn, rejectionOf, until } from '../../../packages/sdk-adapter/test/harness/expectations.js';
import { newCalls } from '../../../packages/sdk-adapter/test/harness/fixture-server.js';
import { serveHandler, webStandardHandler } from '../../../packages/sdk-adapter/test/harness/handler-server.js';
import { acquaint } from './support/acquaintance.js';
import type { Acquaintance } from './support/acquaintance.js';
import { documentsOf } from './support/lines.js';
import { startPython } from './support/python-process.js';
import { anyObject } from './support/random-messages.js';

const environment = inject('python').published;
const unchanged = (message: any): any => message;

describe.skipIf('missing' in environment)('mcps-secure 1.0.0 over Streamable HTTP', () => {
  let known: Acquaintance;
  let errors: Error[];
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    if ('missing' in environment) return;
    known = await acquaint(environment.python);
  });

  beforeEach(() => {
    errors = [];
  });

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const onError = (error: Error): void => void errors.push(error);

  function start(script: string, env: Record<string, string>): ReturnType<typeof startPython> {
    const child = startPython('missing' in environment ? '' : environment.python, script, { ...known.env, ...env });
    cleanups.push(() => stopped(child));
    return child;
  }

  const stopped = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill();
    await closed;
  };

  describe.each([
    ['JSON', {}],
    ['events', { AS_EVENTS: '1' }],
  ])('a server of http.server, answers as %s', (_form, env) => {
    async function open(more: object = {}) {
      const child = start('http_server.py', env);
      const told = documentsOf(child.stderr);
      const printed = documentsOf(child.stdout);
      await until(() => printed.length > 0, 'the port');
      const way = { request: unchanged, answer: unchanged };
      // Somebody on the way.
      const meddled: typeof fetch = async (input, init) => {
        const body = init?.method === 'POST' ? JSON.stringify(way.request(JSON.parse(init.body as string))) : undefined;
        const response = await fetch(input, body === undefined ? init : { ...init, body });
        if (way.answer === unchanged) return response;
        const text = (await response.text()).replace(/\{.*\}/, (json) => JSON.stringify(way.answer(JSON.parse(json))));
        const { status } = response;
        const headers = new Headers(response.headers);
        headers.delete('content-length');
        return new Response(text, { status, headers });
      };
      const secured: SecureFetch = secureFetch(meddled, { ...known.options, onError, ...more });
      cleanups.push(() => secured.close());
      const client = new Client({ name: 'test', version: '1.0.0' });
      cleanups.push(() => client.close());
      const url = new URL(`http://127.0.0.1:${printed[0]}/mcp`);
      const connected = client.connect(new StreamableHTTPClientTransport(url, { fetch: secured }));
      const echo = (value: unknown) => client.callTool({ name: 'echo', arguments: { value } });
      return { client, connected, echo, secured, told, way };
    }

    it('is listed and called, with random arguments', async () => {
      const { client, connected, echo, secured, told } = await open();
      await connected;
      expect(client.getServerVersion()?.name).toBe('python');
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo']);
      const values = fc.sample(anyObject, 20);
      for (const value of values) expect((await echo(value)).structuredContent).toEqual({ value });
      await vi.waitFor(() => expect(told).toHaveLength(values.length), 10_000);
      expect(told).toEqual(values.map((value) => ({ called: value })));
      expect(secured.peer?.passportId).toBe(known.pythonPassportId);
      expect(errors).toEqual([]);
    });

    it('refuses a call that was changed on the way, and is not believed when its answer was', async () => {
      const { client, connected, echo, told, way } = await open();
      await connected;
      // What is called is listed first: where the client has not, its end does.
      await client.listTools();
      way.request = (message) => ({ ...message, params: { ...message.params, arguments: { value: 'changed' } } });
      expect((await rejectionOf(echo('as sent'))).code).toBe(-33004);
      way.request = unchanged;
      way.answer = (message) => ({ ...message, result: { content: [] } });
      expect((await rejectionOf(echo('x'))).data).toMatchObject({ reason: 'signature_invalid' });
      way.answer = unchanged;
      expect((await echo('on')).structuredContent).toEqual({ value: 'on' });
      await vi.waitFor(() => expect(told).toHaveLength(3), 10_000);
      expect(told).toEqual([{ refused: 'MCPS-004' }, { called: 'x' }, { called: 'on' }]);
    });

    it('is refused by default', async () => {
      const { connected, told } = await open({ allowPublishedPeers: false });
      expect((await rejectionOf(connected)).data).toMatchObject({ reason: 'reply_unbound' });
      expect(told).toEqual([]);
    });
  });

  describe('a client of urllib at a secured handler', () => {
    const CALLS = [
      { method: 'tools/list', params: {} },
      { method: 'tools/call', params: { name: 'echo', arguments: { text: 'größe 1.5 日本 🔐' } } },
      { method: 'tools/call', params: { name: 'echo', arguments: { text: 'on' } } },
    ];

    /** What Python made of the answers, and what the server behind our end was called for. */
    async function run(
      more: object = {},
      way: { request?: typeof unchanged; answer?: typeof unchanged } = {},
      json = true,
    ) {
      const calls = newCalls();
      const secured = secureHandler(webStandardHandler(calls, { enableJsonResponse: json }), {
        ...known.options,
        // Begun before Python signs anything.
        replayStore: new MemoryReplayStore(),
        onError,
        ...more,
      });
      cleanups.push(() => secured.close());
      const meddled: RequestHandler = async (request, extra) => {
        const { request: change = unchanged, answer = unchanged } = way;
        const body = JSON.stringify(change(await request.json()));
        const response = await secured(
          new Request(request.url, { method: request.method, headers: request.headers, body }),
          extra,
        );
        const text = await response.text();
        const { status } = response;
        const headers = new Headers(response.headers);
        headers.delete('content-length');
        const changed = text.replace(/\{.*\}/, (found) => JSON.stringify(answer(JSON.parse(found))));
        return new Response(changed === '' ? null : changed, { status, headers });
      };
      const http = await serveHandler(meddled);
      cleanups.push(() => http.close());
      const child = start('http_client.py', { SERVER_URL: http.url.href, CALLS: JSON.stringify(CALLS) });
      const [answers, trouble] = [documentsOf(child.stdout), documentsOf(child.stderr)];
      await new Promise((resolve) => child.once('close', resolve));
      expect(trouble).toEqual([]);
      return { answers, called: calls.names };
    }

    it.each([
      ['JSON', true],
      ['events', false],
    ])('is served, and believes what it is answered, as %s', async (_form, json) => {
      const { answers, called } = await run({}, {}, json);
      const [opened, listed, first, second, ...others] = answers;
      expect(opened.result.serverInfo.name).toBe('fixture');
      expect(listed.result.tools.map(({ name }: any) => name)).toContain('echo');
      expect(first.result.content[0].text).toBe('größe 1.5 日本 🔐');
      expect(second.result.content[0].text).toBe('on');
      expect(others).toEqual([]);
      expect(called).toEqual(['echo', 'echo']);
      expect(errors).toEqual([]);
    });

    it('is refused a call that was changed on the way, in an answer that it believes', async () => {
      const request = (message: any): any =>
        message.id === 2 ? { ...message, params: { ...message.params, arguments: { text: 'changed' } } } : message;
      const { answers, called } = await run({}, { request });
      const refused = answers[2].body ?? answers[2];
      expect(refused.error.data).toMatchObject({ code: 'MCPS-004', reason: 'signature_invalid' });
      expect(answers[3].result.content[0].text).toBe('on');
      expect(called).toEqual(['echo']);
      expect(reasonsIn(errors)).toEqual(['signature_invalid']);
    });

    it('does not believe an answer that was changed on the way', async () => {
      const answer = (message: any): any => (message.id === 2 ? { ...message, result: { content: [] } } : message);
      const { answers } = await run({}, { answer });
      expect(answers[2]).toEqual({ refused: 'MCPS-004' });
      expect(answers[3].result.content[0].text).toBe('on');
    });

    it('is refused by default', async () => {
      const { answers, called } = await run({ allowPublishedPeers: false });
      const refused = answers[0].body ?? answers[0];
      expect(refused.error.data).toMatchObject({ code: 'MCPS-012', reason: 'hello_missing' });
      expect([answers.length, called]).toEqual([1, []]);
    });
  });
});
