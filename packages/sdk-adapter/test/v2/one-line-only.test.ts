import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../harness/stdio.js';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** The same program for either line: valid JavaScript, and strict TypeScript. */
const program = (imports: string, serve: string) => `
import { generateKeyPair } from '@mcps/crypto';
import { createPassport, signPassport } from '@mcps/protocol';
import { bridge, callerIdentity, secureMCP, secureMCPClient, secureTransport, securedTransportOf } from '@mcps/sdk-adapter';
${imports}

const authority = await generateKeyPair();
/** @param {string} name */
async function party(name) {
  const { publicKey, privateKey } = await generateKeyPair();
  const unsigned = createPassport({ name, version: '1', issuer: 'authority.example', trustLevel: 1, publicKey });
  const passport = await signPassport(unsigned, authority.privateKey);
  return { passport, privateKey, trustAnchors: [{ issuer: 'authority.example', keys: [authority.publicKey] }] };
}

const server = new McpServer({ name: 'server', version: '1' });
${serve}
const client = new Client({ name: 'client', version: '1' });
const [left, front] = InMemoryTransport.createLinkedPair();
const [back, right] = InMemoryTransport.createLinkedPair();
const gateway = await party('gateway');
await secureMCP(server, await party('server')).connect(right);
await bridge(
  secureTransport(front, { ...gateway, role: 'server' }),
  secureTransport(back, { ...gateway, role: 'client' }),
);
// A secured transport is a transport of this line.
await client.connect(secureTransport(left, { ...(await party('client')), role: 'client' }));
const result = await client.callTool({ name: 'whoami', arguments: {} });
console.log(JSON.stringify(result.content), securedTransportOf(client)?.peer?.agent.name);
await secureMCPClient(new Client({ name: 'other', version: '1' }), gateway).close();
await client.close();
`;

const ANSWER = "({ content: [{ type: 'text', text: callerIdentity(context)?.agent.name ?? 'nobody' }] })";

const LINES = [
  {
    line: '1.x',
    packages: ['sdk'],
    source: program(
      `import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';`,
      `server.registerTool('whoami', { inputSchema: {} }, (_args, context) => ${ANSWER});`,
    ),
  },
  {
    line: '2.x',
    packages: ['client', 'server'],
    source: program(
      `import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';`,
      `server.registerTool('whoami', {}, (context) => ${ANSWER});`,
    ),
  },
];

describe.each(LINES)('a program that has only SDK $line installed', ({ packages, source }) => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcps-one-line-'));
    const modules = join(folder, 'node_modules');
    // Copies of what is published, outside of the repository: nothing else can be found from there.
    for (const name of ['crypto', 'protocol', 'trust-client', 'sdk-adapter']) {
      const [from, to] = [join(PACKAGE, '..', name), join(modules, '@mcps', name)];
      mkdirSync(to, { recursive: true });
      cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
      cpSync(join(from, 'package.json'), join(to, 'package.json'));
    }
    for (const name of packages) link(`@modelcontextprotocol/${name}`, PACKAGE, modules);
    link('@types/node', join(PACKAGE, '../..'), modules);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'program.mjs'), source);
    writeFileSync(join(folder, 'program.mts'), source.replace('party(name)', 'party(name: string)'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs', async () => {
    const { stdout, stderr } = await run(['program.mjs'], { cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: '[{"type":"text","text":"gateway"}] gateway\n', stderr: '' });
  });

  it.each([
    { resolution: 'nodenext', exact: true },
    { resolution: 'nodenext', exact: false },
    { resolution: 'bundler', exact: true },
    { resolution: 'bundler', exact: false },
  ])(
    'compiles as strict TypeScript, $resolution, exact optional properties $exact',
    { timeout: 300_000 },
    async ({ resolution, exact }) => {
      const module = resolution === 'bundler' ? 'esnext' : resolution;
      const strictness = ['--strict', '--skipLibCheck', '--exactOptionalPropertyTypes', String(exact)];
      const target = ['--noEmit', '--target', 'es2022', '--types', 'node'];
      const options = [...strictness, ...target, '--module', module, '--moduleResolution', resolution];
      const { stdout, code } = await run([TSC, ...options, 'program.mts'], { cwd: folder });
      expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
    },
  );
});

describe('the package', () => {
  it('mentions no SDK in its types or its code, and requires none', () => {
    for (const file of ['index.d.ts', 'index.d.cts', 'index.js', 'index.cjs'])
      expect(readFileSync(join(PACKAGE, 'dist', file), 'utf8')).not.toMatch(
        /(from|import\(|require\()\s*['"]@modelcontextprotocol\//,
      );
    const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    expect(Object.keys(manifest.dependencies).join()).not.toContain('@modelcontextprotocol');
    for (const name of Object.keys(manifest.peerDependencies))
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  });
});

function link(name: string, from: string, modules: string): void {
  const path = join(modules, name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(realpathSync(join(from, 'node_modules', name)), path, 'dir');
}
