import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { secureMCPClient, securedTransportOf } from '@mcps/sdk-adapter';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { MCPS, Workspace } from '../../../packages/cli/test/support/mcps.js';
import { Running, freePort, programOf, reachable } from '../../../packages/cli/test/support/programs.js';
import { documentsOf } from './support/lines.js';
import { script } from './support/paths.js';
import { startPython } from './support/python-process.js';

// Between two programs that know nothing of MCPS stand `mcps connect` and `mcps wrap` or `mcps proxy`, as they are published.

const environments = inject('python');
const LINES = ['sdk-1', 'sdk-2'] as const;
type Line = (typeof LINES)[number];
const otherThan = (line: Line): Line => (line === 'sdk-1' ? 'sdk-2' : 'sdk-1');
const VERSIONS = { 'sdk-1': '1.30.0', 'sdk-2': '2.3.0' };
const isMissing = LINES.some((line) => 'missing' in environments[line]);

const interpreter = (line: Line): string => {
  const environment = environments[line];
  return 'missing' in environment ? '' : environment.python;
};

describe.skipIf(isMissing)('the official Python SDK', () => {
  let work: Workspace;
  const started: Running[] = [];

  beforeAll(async () => {
    work = new Workspace();
    await work.json(['init']);
  });

  afterEach(async () => {
    for (const program of started.splice(0)) await program.stop('SIGKILL');
  });

  afterAll(() => work.remove());

  const wrap = (...command: string[]): string[] => [
    ...[process.execPath, MCPS, 'wrap', '--identity', work.file('mcps/server.json')],
    ...['--audit', work.file('audit.jsonl'), '--audit-format', 'jsonl', '--', ...command],
  ];
  const connect = (...server: string[]): string[] => [
    ...[process.execPath, MCPS, 'connect', '--identity', work.file('mcps/agent.json'), ...server],
  ];
  const pythonServer = (line: Line): string[] => [interpreter(line), script('sdk_server.py')];

  /** What was decided at the server's end, and forgets it. */
  function audited(): string[] {
    const events = work.read('audit.jsonl').trimEnd().split('\n');
    work.write('audit.jsonl', '');
    return events.map((line) => (JSON.parse(line) as { event: string }).event);
  }

  /** What a Python client makes of a server that it starts. */
  async function pythonClient(
    line: Line,
    place: readonly string[] | { readonly url: string },
    calls: readonly object[],
  ): Promise<any> {
    const server = 'url' in place ? place : { command: place[0], args: place.slice(1) };
    const env = { SERVER: JSON.stringify(server), CALLS: JSON.stringify(calls) };
    const child = startPython(interpreter(line), 'sdk_client.py', env);
    let trouble = '';
    child.stderr.on('data', (chunk: Buffer) => (trouble += chunk.toString()));
    const outcome = documentsOf(child.stdout);
    await new Promise((resolve) => child.once('close', resolve));
    return { ...outcome[0], trouble };
  }

  const CALLS = [
    { name: 'add', arguments: { a: 1e-7, b: 2.5 } },
    { name: 'echo', arguments: { text: 'größe 日本 🔐 \u2028' } },
    { name: 'count', arguments: { steps: 4 } },
  ];
  const ANSWERED = {
    server: { name: 'python-sdk' },
    tools: ['add', 'echo', 'count'],
    calls: [
      { structuredContent: { result: 2.5000001 } },
      { content: [{ type: 'text', text: 'größe 日本 🔐 \u2028' }] },
      { content: [{ text: 'counted to 4' }] },
    ],
    progress: [1, 2, 3, 4],
  };

  describe.each(LINES.map((line) => [VERSIONS[line], line] as const))('mcp %s', (_version, line) => {
    it('its client, connect, wrap, server-everything on Node', async () => {
      const everything = [process.execPath, programOf('@modelcontextprotocol/server-everything'), 'stdio'];
      const outcome = await pythonClient(line, connect('--', ...wrap(...everything)), [
        { name: 'get-sum', arguments: { a: 20, b: 22 } },
        { name: 'echo', arguments: { message: 'größe 日本 🔐' } },
        { name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } },
      ]);
      expect(outcome.error, outcome.trouble).toBeUndefined();
      expect(outcome.tools.length).toBeGreaterThan(8);
      const texts = outcome.calls.map((call: any) => call.content[0].text);
      expect(texts[0]).toContain('42');
      expect(texts[1]).toContain('größe 日本 🔐');
      expect(outcome.progress).toEqual([1, 2, 3, 4]);
      const events = audited();
      expect(events).toContain('session.established');
      expect(events).not.toContain('message.refused');
    });

    it('a secured client of the SDK for Node, wrap, its server', async () => {
      const [command, ...args] = wrap(...pythonServer(line)) as [string, ...string[]];
      const client = secureMCPClient(new Client({ name: 'test', version: '1.0.0' }), work.readJson('mcps/agent.json'));
      await client.connect(new StdioClientTransport({ command, args }));
      try {
        expect(securedTransportOf(client)?.securityState).toBe('established');
        expect(client.getServerVersion()?.name).toBe('python-sdk');
        const { tools } = await client.listTools();
        expect(tools.map(({ name }) => name)).toEqual(['add', 'echo', 'count']);
        for (const tool of tools) expect(tool._meta?.['dev.mcps/signature']).toBeDefined();
        const sum = await client.callTool({ name: 'add', arguments: { a: 1e-7, b: 2.5 } });
        expect(sum.structuredContent).toEqual({ result: 2.5000001 });
        const steps: number[] = [];
        const onprogress = ({ progress }: { progress: number }) => void steps.push(progress);
        await client.callTool({ name: 'count', arguments: { steps: 3 } }, undefined, { onprogress });
        expect(steps).toEqual([1, 2, 3]);
        const { contents } = await client.readResource({ uri: 'memo://largest' });
        expect(contents[0]).toMatchObject({ text: 'größe 日本 🔐 '.repeat(5000) });
        const prompt = await client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } });
        expect(prompt.messages[0]?.content).toMatchObject({ text: 'Say hello to Ada' });
        const failed = await client.callTool({ name: 'add', arguments: { a: 'one', b: 2 } });
        expect(failed.isError).toBe(true);
      } finally {
        await client.close();
      }
      expect(audited()).not.toContain('message.refused');
    });

    it(`its client, connect, wrap, a server of mcp ${VERSIONS[otherThan(line)]}`, async () => {
      const outcome = await pythonClient(line, connect('--', ...wrap(...pythonServer(otherThan(line)))), CALLS);
      expect(outcome, outcome.trouble).toMatchObject(ANSWERED);
      expect(audited()).toContain('session.established');
    });

    it.each([
      ['JSON', { AS_JSON: '1' }],
      ['events', {}],
    ])(
      'its client over stdio and over HTTP, connect, proxy, its server over Streamable HTTP, answers as %s',
      async (_form, form) => {
        const port = await freePort();
        const child = startPython(interpreter(line), 'sdk_server.py', { PORT: String(port), ...form });
        try {
          const plain = `http://127.0.0.1:${port}/mcp`;
          await reachable(plain);
          const proxy = Running.mcps([
            ...['proxy', '--identity', work.file('mcps/server.json')],
            ...['--audit', work.file('audit.jsonl'), '--audit-format', 'jsonl'],
            ...['--to', plain, '--listen', '127.0.0.1:0'],
          ]);
          started.push(proxy);
          const endpoint = await proxy.printed(/listening at (\S+)/);
          const outcome = await pythonClient(line, connect(endpoint), CALLS);
          // Progress has no place in an answer that is one document.
          const progress = 'AS_JSON' in form ? [] : ANSWERED.progress;
          expect(outcome, outcome.trouble).toMatchObject({ ...ANSWERED, progress });
          expect(audited()).toContain('session.established');

          const connected = Running.mcps([
            ...['connect', endpoint, '--identity', work.file('mcps/agent.json'), '--listen', '127.0.0.1:0'],
          ]);
          started.push(connected);
          const local = { url: await connected.printed(/listening at (\S+)/) };
          const overHttp = await pythonClient(line, local, CALLS);
          expect(overHttp, overHttp.trouble).toMatchObject({ ...ANSWERED, progress });
          const events = audited();
          expect(events).toContain('session.established');
          expect(events).not.toContain('message.refused');
        } finally {
          child.kill();
        }
      },
    );

    it('its client before wrap, with nobody who signs for it: refused', async () => {
      const outcome = await pythonClient(line, wrap(...pythonServer(line)), CALLS);
      expect(outcome).toMatchObject({ message: expect.stringMatching(/signature/i) });
      expect(outcome.calls).toBeUndefined();
      expect(audited()).toContain('message.refused');
    });

    it('its server behind connect, with nobody who signs for it: refused', async () => {
      const outcome = await pythonClient(line, connect('--', ...pythonServer(line)), CALLS);
      expect(outcome).toMatchObject({ message: expect.stringMatching(/signature/i) });
      expect(outcome.calls).toBeUndefined();
    });
  });
});
