import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MCPS, Workspace } from './support/mcps.js';
import { Running, freePort, programOf, reachable } from './support/programs.js';

// The lines of the README, as they stand there. Only what depends on the machine is another: the folder that is served, the ports, and where `mcps` and `npx` are.

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) =>
  block
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ {2,}#.*$/, '')),
);
const used = new Set<string>();

let work: Workspace;
let ports: { readonly plain: number; readonly proxy: number };
beforeAll(async () => {
  work = new Workspace();
  ports = { plain: await freePort(), proxy: await freePort() };
  for (const folder of ['bin', 'data']) mkdirSync(work.file(folder));
  work.write('bin/mcps', `#!/bin/sh\nexec "${process.execPath}" "${MCPS}" "$@"\n`, 0o755);
  const filesystem = programOf('@modelcontextprotocol/server-filesystem');
  // What npx would fetch is installed already.
  const npx = `#!/bin/sh\n[ "$1 $2" = "-y @modelcontextprotocol/server-filesystem" ] || exit 9\nshift 2\nexec "${process.execPath}" "${filesystem}" "$@"\n`;
  work.write('bin/npx', npx, 0o755);
  await shell(line(/^mcps init$/));
});
afterAll(() => work.remove());

/** The one line of the README that a pattern finds, for this machine. */
function line(pattern: RegExp): string {
  const found = blocks.flat().filter((text) => pattern.test(text));
  expect(found, String(pattern)).toHaveLength(1);
  const [text = ''] = found;
  used.add(text);
  return text
    .replaceAll('/srv/data', work.file('data'))
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${ports.plain}`)
    .replaceAll('127.0.0.1:8787', `127.0.0.1:${ports.proxy}`);
}

const environment = () => ({ PATH: `${work.file('bin')}:${process.env['PATH']}` });

/** Runs a line to its end, which must be a good one. */
async function shell(text: string): Promise<string> {
  const child = spawn('sh', ['-c', text], { cwd: work.path, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ text, code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** Starts a line as a client starts a server, and asks it for something. */
async function called(text: string, name: string, args: Record<string, unknown>): Promise<string> {
  const client = new Client({ name: 'plain', version: '1' });
  const options = { command: 'sh', args: ['-c', `exec ${text}`], cwd: work.path, env: environment() };
  await client.connect(new StdioClientTransport({ ...options, stderr: 'ignore' }));
  try {
    return JSON.stringify(await client.callTool({ name, arguments: args }));
  } finally {
    await client.close();
  }
}

describe('the lines of the README', () => {
  it('put MCPS between a client and a server over stdio', async () => {
    const wrap = line(/^mcps wrap (?!.*--audit)/);
    const connect = line(/^mcps connect .*<the line above>$/).replace('<the line above>', wrap);
    expect(await called(connect, 'list_allowed_directories', {})).toContain(work.file('data'));
  });

  it('put it there over HTTP, and remember the server', async () => {
    const server = Running.start([programOf('@modelcontextprotocol/server-everything'), 'streamableHttp'], {
      PORT: String(ports.plain),
    });
    await reachable(`http://127.0.0.1:${ports.plain}/mcp`);
    const words = line(/^mcps proxy /).split(' ');
    const proxy = Running.mcps(words.slice(1).map((word) => word.replace(/^mcps\//, `${work.path}/mcps/`)));
    try {
      await proxy.printed(/listening at (\S+)/);
      expect(await called(line(/^mcps connect (?!.*--state).*http/), 'get-sum', { a: 2, b: 3 })).toContain('5');
      expect(existsSync(work.file('mcps/state'))).toBe(false);
      expect(await called(line(/^mcps connect .*--state/), 'get-sum', { a: 20, b: 22 })).toContain('42');
      expect(existsSync(work.file('mcps/state/peers'))).toBe(true);
    } finally {
      await proxy.stop();
      await server.stop('SIGKILL');
    }
  });

  it('write an audit trail, and verify it', async () => {
    const connect = `mcps connect --identity mcps/agent.json -- ${line(/^mcps wrap .*--audit/)}`;
    expect(await called(connect, 'list_allowed_directories', {})).toContain(work.file('data'));
    expect(await shell(line(/^mcps audit verify/))).toMatch(/^tool calls +1 accepted$/m);
  });

  it('look at a server before it is used, approve its tools, and find no change', async () => {
    for (const pattern of [/^mcps scan/, /^mcps tool pin/, /^mcps tool diff/]) await shell(line(pattern));
  });

  it('are all of them run here, but for the installation', () => {
    expect(blocks.flat().filter((text) => !used.has(text))).toEqual(['npm install --global @mcps/cli']);
  });
});
