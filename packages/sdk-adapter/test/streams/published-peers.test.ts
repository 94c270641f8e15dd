import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureStreams } from '../../src/streams.js';
import type { SecuredStreams } from '../../src/streams.js';
import { reasonsIn, until } from '../harness/expectations.js';
import type { Identity } from '../harness/identities.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties, PartyOptions } from '../harness/parties.js';
import { settingsOf, storeWith } from '../harness/published-peer.js';
import { INITIALIZE } from '../harness/secured-pair.js';
import { fixture } from '../harness/stdio.js';

let parties: Parties;
let published: Identity;
let policy: Partial<PartyOptions>;
let errors: Error[];
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  parties = await makeParties();
  published = await parties.authority.issue('published');
  // Published servers do not sign their tools as a whole: without this, none of them is shown or called.
  policy = {
    allowPublishedPeers: true,
    passportStore: await storeWith(parties.authority, published),
    tools: { requireSignature: false },
  };
  errors = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function start(program: string, peer: Identity): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [fixture(program)], {
    env: { PUBLISHED_PEER: JSON.stringify(settingsOf(published, peer)) },
  });
  child.stdin.on('error', () => undefined);
  cleanups.push(() => child.kill());
  return child;
}

async function secure(
  child: ChildProcessWithoutNullStreams,
  role: 'client' | 'server',
  options: Partial<PartyOptions>,
): Promise<SecuredStreams> {
  const secured = await secureStreams(
    { input: child.stdout, output: child.stdin },
    { ...parties[role].options, ...options, role },
    (error) => void errors.push(error),
  );
  cleanups.push(() => secured.close());
  return secured;
}

function linesOf(stream: NodeJS.ReadableStream): Wire[] {
  const messages: Wire[] = [];
  createInterface({ input: stream }).on('line', (line) => messages.push(JSON.parse(line)));
  return messages;
}

describe('a published server, a process of its own', () => {
  async function join(options: Partial<PartyOptions>) {
    const child = start('published-server.mjs', parties.client.identity);
    const client = await secure(child, 'client', options);
    const got = linesOf(client.input);
    const write = (message: Wire): void =>
      void client.output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const ask = async (id: number, method: string, params: Wire): Promise<Wire> => {
      write({ id, method, params });
      await until(() => got.some((message) => message.id === id));
      return got.find((message) => message.id === id);
    };
    return { client, got, write, ask };
  }

  it('is served where policy says so', async () => {
    const { client, got, write, ask } = await join(policy);
    expect((await ask(0, 'initialize', INITIALIZE.params)).result.serverInfo.name).toBe('published');
    write({ method: 'notifications/initialized' });
    expect((await ask(1, 'tools/list', {})).result.tools).toHaveLength(1);
    expect((await ask(2, 'tools/call', { name: 'echo', arguments: { text: 'é' } })).result.content[0].text).toBe('é');
    expect(got.map(({ method }) => method)).toContain('notifications/message');
    expect(JSON.stringify(got)).not.toContain('dev.mcps/');
    expect(client.securityState).toBe('established');
    expect(client.peer?.passportId).toBe(published.passport.passport_id);
    client.output.end();
    await client.closed;
    expect(errors).toEqual([]);
  });

  it('is refused by default', async () => {
    const { client, ask } = await join({ ...policy, allowPublishedPeers: false });
    expect((await ask(0, 'initialize', INITIALIZE.params)).error.data).toMatchObject({ reason: 'reply_unbound' });
    await client.closed;
    expect(reasonsIn(errors)).toEqual(['reply_unbound']);
  });
});

describe('a published client, a process of its own', () => {
  /** What it was answered, once it has ended. */
  async function run(options: Partial<PartyOptions>): Promise<Wire[]> {
    const child = start('published-client.mjs', parties.server.identity);
    const answers = linesOf(child.stderr);
    const ended = new Promise((resolve) => child.once('close', resolve));
    const server = await secure(child, 'server', options);
    const plain = spawn(process.execPath, [fixture('plain-peer.mjs')], { stdio: ['pipe', 'pipe', 'ignore'] });
    cleanups.push(() => plain.kill());
    server.input.pipe(plain.stdin);
    plain.stdout.pipe(server.output);
    await ended;
    return answers;
  }

  it('is served where policy says so', async () => {
    const [opened, tools, called, ...others] = await run(policy);
    expect(opened.result.serverInfo.name).toBe('plain');
    expect(tools.result.tools[0].name).toBe('echo');
    expect(called).toMatchObject({ id: 2, result: { content: [{ type: 'text', text: 'é' }] } });
    expect([others, errors]).toEqual([[], []]);
  });

  it('is refused by default', async () => {
    const answers = await run({ ...policy, allowPublishedPeers: false });
    expect(answers).toMatchObject([{ id: 0, error: { data: { code: 'MCPS-012', reason: 'hello_missing' } } }]);
    expect(reasonsIn(errors)).toEqual(['hello_missing']);
  });
});
