import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MCPS, Workspace } from './support/mcps.js';
import { programOf } from './support/programs.js';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
let work: Workspace;

beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
});
afterAll(() => work.remove());

describe('the README', () => {
  it('gives a configuration that the official client, which knows nothing of MCPS, can use', async () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
    const { command, args } = JSON.parse(json).mcpServers.files;
    expect(command).toBe('mcps');
    // Only what depends on the machine is replaced: paths, and where the programs are.
    const server = [process.execPath, programOf('@modelcontextprotocol/server-filesystem'), work.path];
    const real = (args as string[]).flatMap((arg) => {
      if (arg === 'mcps') return [process.execPath, MCPS];
      if (arg === 'npx') return server;
      if (arg === '-y' || arg.startsWith('@modelcontextprotocol/') || arg === '/srv/data') return [];
      return [arg.replace('/path/to', work.path)];
    });
    const client = new Client({ name: 'plain', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [MCPS, ...real] }));
    try {
      const result = await client.callTool({ name: 'list_allowed_directories', arguments: {} });
      expect(JSON.stringify(result)).toContain(work.path);
    } finally {
      await client.close();
    }
  });

  it('names every command that there is', async () => {
    const { stdout } = await work.run(['--help']);
    const names = [...stdout.matchAll(/^ {2}(\w+)[ \n]/gm)].map(([, name]) => name).filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(12);
    for (const name of names) expect(readme).toContain(`mcps ${name}`);
  });
});
