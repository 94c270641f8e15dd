import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { secureTransport } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Authority } from '../world/authority.js';
import { commandOf } from '../world/programs.js';
import { inTemporaryFolder } from '../world/temporary-folder.js';
import { exercise } from './honest-run.js';
import type { HonestCall, HonestReport } from './honest-run.js';

const MCPS = join(dirname(createRequire(import.meta.url).resolve('@mcps/cli/package.json')), 'dist', 'mcps.js');

/** A server from npm that knows nothing of MCPS, behind `mcps wrap`. */
interface WrappedServer {
  readonly packageName: string;
  /** Arguments of the server, given a folder that it may use. */
  readonly args: (folder: string) => readonly string[];
  readonly calls: (folder: string) => readonly HonestCall[];
}

export const WRAPPED_SERVERS: readonly WrappedServer[] = [
  {
    packageName: '@modelcontextprotocol/server-everything',
    args: () => ['stdio'],
    calls: () => [
      { label: 'echo "hello"', name: 'echo', args: { message: 'hello' } },
      { label: 'get-sum 19 + 23', name: 'get-sum', args: { a: 19, b: 23 } },
    ],
  },
  {
    packageName: '@modelcontextprotocol/server-filesystem',
    args: (folder) => [folder],
    calls: (folder) => [
      {
        label: 'write_file letter.txt',
        name: 'write_file',
        args: { path: join(folder, 'letter.txt'), content: 'Dear agent' },
      },
      { label: 'read_text_file letter.txt', name: 'read_text_file', args: { path: join(folder, 'letter.txt') } },
    ],
  },
];

/** Runs the official client against a server over stdio, through `mcps wrap`, in a folder of its own that is removed again. */
export function runWrapped(server: WrappedServer, authority: Authority): Promise<HonestReport> {
  return inTemporaryFolder((folder) => runIn(folder, server, authority));
}

async function runIn(folder: string, server: WrappedServer, authority: Authority): Promise<HonestReport> {
  const shortName = server.packageName.replace(/^.*\//, '');
  const [wrapper, agent] = [await authority.issue(shortName), await authority.issue('agent')];
  const files = {
    passport: join(folder, 'passport.json'),
    key: join(folder, 'key.pem'),
    anchors: join(folder, 'anchors.json'),
  };
  const shared = join(folder, 'shared');
  await mkdir(shared);
  await writeFile(files.passport, JSON.stringify(wrapper.passport));
  await writeFile(files.key, wrapper.pem, { mode: 0o600 });
  await writeFile(files.anchors, JSON.stringify([authority.anchor]));
  const security = ['--passport', files.passport, '--key', files.key, '--anchors', files.anchors];
  const command = [process.execPath, commandOf(server.packageName), ...server.args(shared)];
  const transport = secureTransport(
    new StdioClientTransport({
      command: process.execPath,
      args: [MCPS, 'wrap', ...security, '--', ...command],
      stderr: 'ignore',
    }),
    { role: 'client', passport: agent.passport, privateKey: agent.privateKey, trustAnchors: [authority.anchor] },
  );
  const client = new Client({ name: 'agent', version: '1.0.0' });
  try {
    await client.connect(transport);
    const { peer } = transport;
    if (peer === undefined) throw new Error('The server has not identified itself');
    return {
      server: server.packageName,
      transport: 'stdio, through mcps wrap',
      peer,
      ...(await exercise(client, server.calls(shared))),
    };
  } finally {
    await client.close();
  }
}
