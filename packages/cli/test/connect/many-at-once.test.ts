import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MCPS, Workspace } from '../support/mcps.js';
import { Running, freePort, programOf, reachable } from '../support/programs.js';

let work: Workspace;
const started: Running[] = [];
beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
});
afterAll(async () => {
  for (const program of started) await program.stop('SIGKILL');
  work.remove();
});

it('many calls at the same time over HTTP make no program warn of listeners', async () => {
  const port = await freePort();
  const plain = `http://127.0.0.1:${port}/mcp`;
  const everything = programOf('@modelcontextprotocol/server-everything');
  started.push(Running.start([everything, 'streamableHttp'], { PORT: String(port) }));
  await reachable(plain);
  const env = { NODE_OPTIONS: '--trace-warnings' };
  const identity = (name: string): string[] => ['--identity', work.file(`mcps/${name}.json`)];
  const proxy = Running.mcps(['proxy', ...identity('server'), '--to', plain, '--listen', '127.0.0.1:0'], env);
  started.push(proxy);
  const endpoint = await proxy.printed(/listening at (\S+)/);

  const args = [MCPS, 'connect', ...identity('agent'), endpoint];
  const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: 'pipe' });
  let told = '';
  transport.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const client = new Client({ name: 'plain', version: '1' });
  await client.connect(transport);
  try {
    const calls = Array.from({ length: 40 }, (_, index) =>
      client.callTool({ name: 'get-sum', arguments: { a: index, b: 1 } }),
    );
    expect(JSON.stringify(await Promise.all(calls))).toContain('40');
  } finally {
    await client.close();
  }
  expect(told).not.toContain('Warning');
  expect(proxy.stderr).not.toContain('Warning');
});
