import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { McpsError, toRefusalObject } from '@mcps/protocol';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secureFetch } from '../../src/http.js';
import { secureMCP, secureTransport } from '../../src/index.js';
import type { SecureTransportOptions } from '../../src/index.js';
import { makeParties } from '../harness/parties.js';
import { ExampleFolder, ROOT, examplesOf, freePort, printedBy } from './examples.js';
import type { Ended } from './examples.js';

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const LIMIT = { timeout: 300_000 };

/** Where the programs are without what MCPS adds. */
const BEFORE = 'before';
const PRINTED_PORT = '3000';

const page = readFileSync(join(ROOT, 'docs/sdk.md'), 'utf8');
const examples = examplesOf('docs/sdk.md');
const programs = [...examples.keys()].filter((file) => file !== 'setup.ts');
const without = (program: string): string => program.replaceAll(/^.* \/\/ MCPS\n/gm, '');
const compiled = (file: string): string => file.replace('.ts', '.js');
const expected = (client: string): string => printedBy(examples.get(client) ?? '');

let folder: ExampleFolder;
let compilation: Ended;
let port: string;

beforeAll(async () => {
  folder = new ExampleFolder();
  port = String(await freePort());
  mkdirSync(join(folder.path, BEFORE));
  for (const [file, source] of examples) {
    const program = source.replaceAll(PRINTED_PORT, port);
    folder.write(file, program);
    if (programs.includes(file)) folder.write(`${BEFORE}/${file}`, without(program));
  }
  const options = ['--strict', '--target', 'es2022', '--types', 'node', '--module', 'nodenext', '--skipLibCheck'];
  const before = programs.map((file) => `${BEFORE}/${file}`);
  compilation = await folder.run([TSC, ...options, ...examples.keys(), ...before]);
  await folder.run(['setup.js']);
}, LIMIT.timeout);

afterAll(() => {
  folder.remove();
});

/** Runs a client while a server runs, where it needs one. */
async function call(client: string, server: string | undefined): Promise<Ended> {
  const running = server === undefined ? undefined : folder.start([server]);
  try {
    await running?.printed('listening');
    return await folder.run([client]);
  } finally {
    running?.stop();
    await running?.ended;
  }
}

const PAIRS = [
  { client: 'stdio-client-1.ts', server: undefined },
  { client: 'http-client-1.ts', server: 'http-server-1.ts' },
  { client: 'stdio-client-2.ts', server: undefined },
  { client: 'http-client-2.ts', server: 'http-server-2.ts' },
];

describe('the programs of the page on the SDK', () => {
  it('are eight, and strict TypeScript, with and without the marked lines', () => {
    expect(programs).toHaveLength(8);
    expect(compilation).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('are secured by three to eight lines each', () => {
    for (const file of programs) {
      const marked = examples.get(file)?.match(/ \/\/ MCPS$/gm) ?? [];
      expect([3, 4, 5, 6, 7, 8]).toContain(marked.length);
      expect(without(examples.get(file) ?? '')).not.toMatch(/mcps\/|secure/);
    }
  });

  it('begin with the identities of the first page', () => {
    expect(examples.get('setup.ts')).toBe(examplesOf('README.md').get('setup.mjs'));
  });

  it('have the lines that the README shows', () => {
    const readme = readFileSync(join(ROOT, 'packages/sdk-adapter/README.md'), 'utf8');
    const shown = readme.match(/^.* \/\/ MCPS$/gm) ?? [];
    expect(shown).toHaveLength(2);
    for (const line of shown) expect([...examples.values()].join('').split('\n')).toContain(line);
  });

  it.each(PAIRS)('$client is answered, and both know each other', LIMIT, async ({ client, server }) => {
    const ended = await call(compiled(client), server && compiled(server));
    expect(ended).toEqual({ code: 0, stdout: expected(client), stderr: '' });
    expect(ended.stdout).toContain('server [{"type":"text","text":"Hello agent"}]');
  });

  it.each(PAIRS)('$client does the same without the marked lines, and nobody knows anybody', LIMIT, async (pair) => {
    const plain = (file: string): string => `${BEFORE}/${compiled(file)}`;
    // A server over stdio is started by its name, from the folder of its client.
    const server = pair.server && plain(pair.server);
    const ended = await (server === undefined
      ? folder.run([compiled(pair.client)], {}, BEFORE)
      : call(plain(pair.client), server));
    const printed = expected(pair.client).replace('server', 'somebody').replace('agent', 'stranger');
    expect(ended).toEqual({ code: 0, stdout: printed, stderr: '' });
  });

  it.each([
    { client: 'http-client-1.ts', server: 'http-server-2.ts' },
    { client: 'http-client-2.ts', server: 'http-server-1.ts' },
  ])('$client and $server are of different lines, and understand each other', LIMIT, async ({ client, server }) => {
    const { code, stdout } = await call(compiled(client), compiled(server));
    expect(code).toBe(0);
    expect(stdout).toContain('server [{"type":"text","text":"Hello agent"}]');
  });

  it.each([
    { client: 'http-client-2.ts', server: 'http-server-2.ts' },
    { client: 'stdio-client-2.ts', server: undefined },
  ])('$client speaks the revision that it asks for', LIMIT, async ({ client, server }) => {
    const source = folder.read(compiled(client));
    const asking = async (versionNegotiation: string): Promise<string> => {
      folder.write('asking.js', source.replace("{ versionNegotiation: { mode: 'auto' } }", versionNegotiation));
      const { stdout } = await call('asking.js', server && compiled(server));
      return stdout;
    };
    expect(await asking("{ versionNegotiation: { mode: { pin: '2026-07-28' } } }")).toBe(expected(client));
    expect(await asking('{}')).toBe(expected(client).replace('2026-07-28', '2025-11-25'));
  });

  it.each(PAIRS)('a server has no word for $client without the marked lines, but why', LIMIT, async (pair) => {
    folder.write('stranger.js', folder.read(`${BEFORE}/${compiled(pair.client)}`));
    const { code, stdout, stderr } = await call('stranger.js', pair.server && compiled(pair.server));
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
    expect(stderr).toContain(quoted('No acceptable message signature'));
    expect(stderr).toContain(quoted('envelope_missing'));
  });

  it('a decorated client and a wrapped server understand each other', LIMIT, async () => {
    const decorated = folder
      .read('stdio-client-1.js')
      .replace("StdioClientTransport({ command: process.execPath, args: ['stdio-server-1.js'] })", 'Http(ENDPOINT)')
      .replace('ENDPOINT', `new URL('http://127.0.0.1:${port}/mcp')`);
    const transport =
      "import { StreamableHTTPClientTransport as Http } from '@modelcontextprotocol/sdk/client/streamableHttp.js';";
    folder.write('decorated.js', `${transport}\n${decorated}`);
    const ended = await call('decorated.js', 'http-server-1.js');
    expect(ended).toEqual({ code: 0, stdout: expected('stdio-client-1.ts'), stderr: '' });
  });

  it('a wrapped client in front of a server that parses says what it came to', LIMIT, async () => {
    folder.write('plain-server.js', folder.read(`${BEFORE}/http-server-1.js`));
    const { code, stdout, stderr } = await call('http-client-1.js', 'plain-server.js');
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain(quoted('The server answered with HTTP status 400, unsigned.'));
  });

  it('a handler without sessions says what it needs', LIMIT, async () => {
    folder.write('sessions.js', folder.read('http-server-2.js').replace(', stateless: true', ''));
    const running = folder.start(['sessions.js']);
    await running.printed('listening');
    const { code } = await folder.run(['http-client-1.js']);
    running.stop();
    expect(code).not.toBe(0);
    expect((await running.ended).stderr).toContain(
      quoted('This handler keeps no sessions: it gives no Mcp-Session-Id. Set `stateless: true`.'),
    );
  });
});

/** A text that the page quotes, to the letter. */
function quoted(text: string, reason = ''): string {
  expect(page).toContain(text);
  expect(page).toContain(reason);
  return text;
}

describe('the mistakes that the page lists', () => {
  const transport = () => InMemoryTransport.createLinkedPair()[0];
  const identity = async () => ({ ...(await makeParties()).server.options, role: 'server' as const });
  const starting = (options: object) => secureTransport(transport(), options as SecureTransportOptions).start();

  it('are said as quoted: options', async () => {
    const options = await identity();
    const other = await identity();
    await expect(starting({ ...options, trustAnchors: undefined })).rejects.toThrow(
      quoted('Nobody is trusted: give `trustAnchors`, or ask for level 0 by name with `minTrustLevel: 0`.'),
    );
    await expect(starting({ ...options, minTrustLevel: 2 })).rejects.toThrow(
      quoted(
        'From level 2 on a peer must be known not to be revoked: give the address of a `trustAuthority`, or a `statusSource`.',
      ),
    );
    await expect(starting({ ...options, privateKey: other.privateKey })).rejects.toThrow(
      quoted('The option `privateKey` is not the key of the option `passport`.'),
    );
    await expect(starting({ ...options, trustAnchor: [] })).rejects.toThrow(
      quoted('There is no option `trustAnchor`.'),
    );
  });

  it('are said as quoted: servers and transports', async () => {
    const options = await identity();
    const server = new McpServer({ name: 's', version: '1' });
    await server.connect(transport());
    expect(() => secureMCP(server, options)).toThrow(
      quoted('This server is connected already, without security: secure it before it connects.'),
    );
    const eventStore = { storeEvent: async () => '', replayEventsAfter: async () => '' };
    const storing = new WebStandardStreamableHTTPServerTransport({ eventStore });
    expect(() => secureTransport(storing, options)).toThrow(
      quoted(
        'This transport has an event store. Events replayed from a store cannot be verified below it: leave eventStore out, or secure the HTTP handler instead of the transport.',
      ),
    );
  });

  it('are said as quoted: addresses', async () => {
    const { options } = (await makeParties()).client;
    const redirecting = async () => new Response(null, { status: 307, headers: { location: '/elsewhere' } });
    const fetch = secureFetch(redirecting, { ...options, endpoint: 'https://mcp.example/mcp' });
    const init = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}' };
    await expect(fetch('https://mcp.example/mcp/', init)).rejects.toThrow(
      quoted('Messages go to the configured endpoint, and nowhere else.'),
    );
    await expect(fetch('https://mcp.example/mcp', init)).rejects.toThrow(
      quoted('The endpoint redirects elsewhere, which is not followed: configure the address that it redirects to.'),
    );
    fetch.close();
  });

  it('are said as quoted: passports', () => {
    for (const reason of ['level_insufficient', 'passport_signature_invalid'] as const)
      quoted(toRefusalObject(new McpsError(reason)).message, reason);
  });
});
