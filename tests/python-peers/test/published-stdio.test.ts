import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { secureStreams } from '@mcps/sdk-adapter/streams';
import type { SecuredStreams } from '@mcps/sdk-adapter/streams';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { reasonsIn, rejectionOf, until } from '../../../packages/sdk-adapter/test/harness/expectations.js';
import { acquaint } from './support/acquaintance.js';
import type { Acquaintance } from './support/acquaintance.js';
import { Meddler, documentsOf } from './support/lines.js';
import { startPython } from './support/python-process.js';
import { anyObject } from './support/random-messages.js';

const environment = inject('python').published;
const require = createRequire(import.meta.url);

describe.skipIf('missing' in environment)('mcps-secure 1.0.0 over standard input and output', () => {
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

  const interpreter = (): string => ('missing' in environment ? '' : environment.python);

  /** Puts our end of a connection before a Python process, with somebody between them. */
  async function joinPython(
    script: string,
    role: 'client' | 'server',
    more: object,
    env: Record<string, string> = {},
  ): Promise<{
    secured: SecuredStreams;
    told: any[];
    toPython: Meddler;
    fromPython: Meddler;
    ended: Promise<unknown>;
  }> {
    const child = startPython(interpreter(), script, { ...known.env, ...env });
    cleanups.push(() => child.kill());
    const ended = new Promise((resolve) => child.once('close', resolve));
    const [toPython, fromPython] = [new Meddler(), new Meddler()];
    toPython.pipe(child.stdin);
    child.stdout.pipe(fromPython);
    const wire = { input: fromPython, output: toPython };
    const secured = await secureStreams(wire, { ...known.options, ...more, role }, (error) => void errors.push(error));
    cleanups.push(() => secured.close());
    return { secured, told: documentsOf(child.stderr), toPython, fromPython, ended };
  }

  describe('a Python server, the client of the SDK before our end', () => {
    async function open(more: object = {}) {
      const joined = await joinPython('stdio_server.py', 'client', more);
      const client = new Client({ name: 'test', version: '1.0.0' });
      cleanups.push(() => client.close());
      // It carries lines over any two streams.
      const connected = client.connect(new StdioServerTransport(joined.secured.input, joined.secured.output));
      const echo = (value: unknown) => client.callTool({ name: 'echo', arguments: { value } });
      return { ...joined, client, connected, echo };
    }

    it('is listed and called, with random arguments', async () => {
      const { client, connected, echo, told, secured } = await open();
      await connected;
      expect(client.getServerVersion()?.name).toBe('python');
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo']);
      const values = fc.sample(anyObject, 30);
      for (const value of values) expect((await echo(value)).structuredContent).toEqual({ value });
      await vi.waitFor(() => expect(told).toHaveLength(values.length), 10_000);
      expect(told).toEqual(values.map((value) => ({ called: value })));
      expect(secured.peer?.passportId).toBe(known.pythonPassportId);
      expect(errors).toEqual([]);
    });

    // What is called is listed first: where the client has not, its end does.

    it('refuses a call that was changed on the way, and calls nothing', async () => {
      const { client, connected, echo, toPython, told } = await open();
      await connected;
      await client.listTools();
      toPython.change = (message) => ({ ...message, params: { ...message.params, arguments: { value: 'changed' } } });
      expect((await rejectionOf(echo('as sent'))).code).toBe(-33004);
      toPython.change = ({ mcps: _mcps, ...unsigned }) => unsigned;
      expect((await rejectionOf(echo('as sent'))).code).toBe(-33001);
      toPython.change = (message) => message;
      expect((await echo('on')).structuredContent).toEqual({ value: 'on' });
      // What it tells comes by another way than what it answers.
      await vi.waitFor(() => expect(told).toHaveLength(3), 10_000);
      expect(told).toEqual([{ refused: 'MCPS-004' }, { refused: 'MCPS-001' }, { called: 'on' }]);
    });

    it('refuses a call that was sent twice', async () => {
      const { client, connected, echo, toPython, told } = await open();
      await connected;
      await client.listTools();
      let sent: unknown;
      toPython.change = (message) => (sent ??= message);
      await echo('once');
      void echo('twice').catch(() => undefined);
      await until(() => told.length === 2);
      await vi.waitFor(() => expect(told).toHaveLength(2), 10_000);
      expect(told).toEqual([{ called: 'once' }, { refused: 'MCPS-005' }]);
    });

    it.each([
      ['changed', (message: any) => ({ ...message, result: { content: [] } }), 'signature_invalid'],
      ['not signed', ({ mcps: _mcps, ...unsigned }: any) => unsigned, 'envelope_missing'],
    ])('is not believed when its answer was %s on the way', async (_how, change, reason) => {
      const { client, connected, echo, fromPython } = await open();
      await connected;
      await client.listTools();
      fromPython.change = change;
      expect((await rejectionOf(echo('x'))).data).toMatchObject({ reason });
      expect(reasonsIn(errors)).toContain(reason);
    });

    it('refuses 1e-7, which its canonical JSON spells 1e-07', async () => {
      const { client, connected, echo, told } = await open();
      await connected;
      await client.listTools();
      expect((await rejectionOf(echo(1e-7))).code).toBe(-33004);
      expect((await echo(1e-10)).structuredContent).toEqual({ value: 1e-10 });
      await vi.waitFor(() => expect(told).toHaveLength(2), 10_000);
      expect(told).toEqual([{ refused: 'MCPS-004' }, { called: 1e-10 }]);
    });

    it('is refused by default, and where its passport is not known', async () => {
      const byDefault = await open({ allowPublishedPeers: false });
      expect((await rejectionOf(byDefault.connected)).data).toMatchObject({ reason: 'reply_unbound' });
      const unknown = await open({ passportStore: undefined });
      expect((await rejectionOf(unknown.connected)).data).toMatchObject({ reason: 'unknown_passport' });
    });
  });

  describe('a Python client of server-memory behind our end', () => {
    const ada = { name: 'Ada', entityType: 'person', observations: ['größe 1.5 日本 🔐'] };
    const CALLS = [
      { method: 'tools/list', params: {} },
      { method: 'tools/call', params: { name: 'create_entities', arguments: { entities: [ada] } } },
      { method: 'tools/call', params: { name: 'read_graph', arguments: {} } },
    ];

    /** What Python was answered, and what the server behind our end was sent. */
    async function run(
      more: object = {},
      meddle: (way: { toPython: Meddler; fromPython: Meddler }) => void = () => undefined,
    ) {
      const folder = mkdtempSync(join(tmpdir(), 'mcps-python-'));
      cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
      const joined = await joinPython('stdio_client.py', 'server', more, { CALLS: JSON.stringify(CALLS) });
      meddle(joined);
      const program = require.resolve('@modelcontextprotocol/server-memory/dist/index.js');
      const env = { PATH: process.env['PATH'], MEMORY_FILE_PATH: join(folder, 'memory.jsonl') };
      const memory = spawn(process.execPath, [program], { env, stdio: ['pipe', 'pipe', 'ignore'] });
      cleanups.push(() => memory.kill());
      memory.stdin.on('error', () => undefined);
      const served = documentsOf(joined.secured.input);
      joined.secured.input.pipe(memory.stdin);
      memory.stdout.pipe(joined.secured.output);
      await joined.ended;
      return { answers: joined.told, served };
    }

    it('is served, and believes what it is answered', async () => {
      const { answers, served } = await run();
      const [opened, listed, created, read, ...others] = answers;
      expect(opened.result.serverInfo.name).toBe('memory-server');
      expect(listed.result.tools.map(({ name }: any) => name)).toContain('create_entities');
      expect(created.result.isError ?? false).toBe(false);
      expect(JSON.parse(read.result.content[0].text).entities).toEqual([ada]);
      expect(others).toEqual([]);
      expect(served.map(({ method }) => method)).toEqual([
        'initialize',
        'notifications/initialized',
        'tools/list',
        'tools/call',
        'tools/call',
      ]);
      expect(JSON.stringify(served)).not.toContain('"mcps"');
      expect(errors).toEqual([]);
    });

    it('is refused a call that was changed on the way, in an answer that it believes', async () => {
      const { answers, served } = await run({}, ({ fromPython }) => {
        fromPython.change = (message) =>
          message.id === 2 ? { ...message, params: { ...message.params, name: 'delete_entities' } } : message;
      });
      expect(answers[2].error.data).toMatchObject({ code: 'MCPS-004', reason: 'signature_invalid' });
      expect(JSON.parse(answers[3].result.content[0].text).entities).toEqual([]);
      expect(served.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
      expect(reasonsIn(errors)).toEqual(['signature_invalid']);
    });

    it('does not believe an answer that was changed on the way', async () => {
      const { answers } = await run({}, ({ toPython }) => {
        toPython.change = (message) => (message.id === 3 ? { ...message, result: { content: [] } } : message);
      });
      expect(answers[3]).toEqual({ refused: 'MCPS-004' });
    });

    it('is refused by default', async () => {
      const { answers, served } = await run({ allowPublishedPeers: false });
      expect(answers).toMatchObject([{ id: 0, error: { data: { code: 'MCPS-012', reason: 'hello_missing' } } }]);
      expect(served).toEqual([]);
    });
  });
});
