import { readdirSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MCPS, Workspace } from '../support/mcps.js';
import { Running, freePort, programOf, reachable } from '../support/programs.js';

let work: Workspace;
beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
});
afterAll(() => work.remove());

const everything = programOf('@modelcontextprotocol/server-everything');
const id = (name: string): string => work.file(`mcps/${name}.json`);
const CALLS = 5;

/** Starts `mcps connect` as any client starts a server, and makes five calls. `between` is run after them. */
async function call(args: readonly string[], between: () => void = () => undefined): Promise<void> {
  const client = new Client({ name: 'plain', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [MCPS, 'connect', ...args] }));
  try {
    for (let number = 1; number <= CALLS; number += 1) {
      await client.callTool({ name: 'echo', arguments: { message: `secret-${number}` } });
    }
    between();
  } finally {
    await client.close();
  }
}

const wrapped = (...audit: string[]): string[] => [
  ...['--', process.execPath, MCPS, 'wrap', '--identity', id('server'), ...audit],
  ...['--', process.execPath, everything, 'stdio'],
];
const verify = (file: string, name: string, ...more: string[]): string[] => [
  ...['audit', 'verify', file, '--identity', id(name), ...more],
];

describe('the audit trail of the commands', () => {
  it('of wrap and of connect verifies, counts the calls, and shows a line that was edited', async () => {
    const trails = ['--audit', work.file('wrap.jsonl'), '--audit-head', work.file('head.json')];
    await call(['--identity', id('agent'), '--audit', work.file('connect.jsonl'), ...wrapped(...trails)], () => {
      // Written before the answer went on, and not when the program ends.
      expect(work.read('wrap.jsonl').match(/"tools\/call"/g)?.length).toBeGreaterThanOrEqual(CALLS);
    });
    const head = ['--expect-head', work.file('head.json')];
    const first = await work.json(verify('wrap.jsonl', 'server', ...head));
    expect(first).toMatchObject({ closed: true, unsignedEntries: 0, interruptions: 0, lostEvents: 0 });
    expect(first.decisions).toMatchObject({ refused: 0, acceptedCalls: CALLS });
    expect(await work.json(verify('connect.jsonl', 'agent'))).toMatchObject({ closed: true });
    expect(work.mode('wrap.jsonl')).toBe(0o600);
    expect(work.read('wrap.jsonl')).not.toContain('secret-1');
    expect(readdirSync(work.path).filter((name) => name.endsWith('.lock'))).toEqual([]);

    // Another run goes on with it.
    await call(['--identity', id('agent'), ...wrapped(...trails)]);
    const second = await work.json(verify('wrap.jsonl', 'server', ...head));
    expect(second).toMatchObject({ trail: first.trail, firstSeq: 1, closed: true });
    expect(second.decisions.acceptedCalls).toBe(2 * CALLS);

    const lines = work.read('wrap.jsonl').split('\n');
    const edited = lines.findIndex((line) => line.includes('"tools/call"'));
    work.write(
      'wrap.jsonl',
      lines.map((line, at) => (at === edited ? line.replace('tools/call', 'tools/list') : line)).join('\n'),
    );
    expect(await work.failure(verify('wrap.jsonl', 'server'))).toMatchObject({
      exit: 1,
      reason: 'hash_mismatch',
      line: edited + 1,
    });
    // And whoever would go on with it is told so, before anything is served.
    expect(await work.failure([...wrapped(...trails).slice(3)])).toMatchObject({
      exit: 2,
      reason: 'trail_unreadable',
      line: edited + 1,
    });
  });

  it('of proxy ends with a signed checkpoint when it is stopped', async () => {
    const port = await freePort();
    const server = Running.start([everything, 'streamableHttp'], { PORT: String(port) });
    const plain = `http://127.0.0.1:${port}/mcp`;
    await reachable(plain);
    const audit = ['--audit', work.file('proxy.jsonl')];
    const proxy = Running.mcps([
      'proxy',
      '--identity',
      id('server'),
      '--to',
      plain,
      '--listen',
      '127.0.0.1:0',
      ...audit,
    ]);
    try {
      const endpoint = await proxy.printed(/listening at (\S+)/);
      const taken = ['proxy', '--identity', id('server'), '--to', plain, '--listen', '127.0.0.1:0', ...audit];
      expect(await work.failure(taken)).toMatchObject({ exit: 2, reason: 'trail_locked' });
      await call(['--identity', id('agent'), endpoint]);
      expect(await work.json(verify('proxy.jsonl', 'server'))).toMatchObject({ closed: false });
    } finally {
      await proxy.stop();
      await server.stop('SIGKILL');
    }
    const whole = await work.json(verify('proxy.jsonl', 'server'));
    expect(whole).toMatchObject({ closed: true, unsignedEntries: 0 });
    expect(whole.decisions.acceptedCalls).toBe(CALLS);
  });

  it('is plain lines where that is asked for, which no verification takes for a trail', async () => {
    const plain = ['--audit', work.file('plain.jsonl'), '--audit-format', 'jsonl'];
    await call(['--identity', id('agent'), ...wrapped(...plain)]);
    const records = work
      .read('plain.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.filter(({ event, method }) => event === 'message.accepted' && method === 'tools/call')).toHaveLength(
      CALLS,
    );
    expect(await work.failure(verify('plain.jsonl', 'server'))).toMatchObject({ exit: 1, reason: 'line_malformed' });
  });

  it('of inspect holds what was decided there', async () => {
    await work.json(['inspect', '--identity', id('agent'), '--audit', 'inspect.jsonl', ...wrapped()]);
    expect((await work.json(verify('inspect.jsonl', 'agent'))).decisions.accepted).toBeGreaterThan(0);
  });
});
