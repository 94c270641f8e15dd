import { fileURLToPath } from 'node:url';
import type { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransport1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it } from 'vitest';
import { secureMCPClient, securedTransportOf } from '../../src/index.js';
import { rejectionOf, textOf, until } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { createClient } from './harness/session.js';

const PIN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
const AUTO = { versionNegotiation: { mode: 'auto' } } as const;
const OLDER = { supportedProtocolVersions: ['2025-06-18'] };

const EITHER_ERA = 'serve-stdio.mjs';
const ONE_CONNECTION = 'secured-server.mjs';

/** How to run a server of this folder as a program of its own. */
function command(fixture: string, { server, authority }: Parties) {
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url))],
    env: {
      FIXTURE_PASSPORT: JSON.stringify(server.identity.passport),
      FIXTURE_KEY: server.identity.pem,
      FIXTURE_ANCHORS: authority.anchorFile,
    },
    stderr: 'pipe' as const,
  };
}

describe('a child process over stdio, secured', () => {
  it.each([
    { fixture: EITHER_ERA, options: {}, revision: '2025-11-25' },
    { fixture: EITHER_ERA, options: OLDER, revision: '2025-06-18' },
    { fixture: EITHER_ERA, options: PIN, revision: '2026-07-28' },
    { fixture: EITHER_ERA, options: AUTO, revision: '2026-07-28' },
    { fixture: ONE_CONNECTION, options: {}, revision: '2025-11-25' },
    { fixture: ONE_CONNECTION, options: AUTO, revision: '2025-11-25' },
  ])('$fixture serves $revision to $options', async ({ fixture, options, revision }) => {
    const parties = await makeParties();
    const errors: Error[] = [];
    const client = createClient(errors, parties.client.options, options);
    const transport = new StdioClientTransport(command(fixture, parties));
    await client.connect(transport);
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(securedTransportOf(client)?.peer?.passportId).toBe(parties.server.identity.passport.passport_id);
    const caller = JSON.parse(textOf(await client.callTool({ name: 'whoami' })));
    expect(caller).toMatchObject({ passportId: parties.client.identity.passport.passport_id, level: 1 });
    if (fixture === EITHER_ERA) await useEverything(client, transport, revision);
    expect(errors).toEqual([]);
    await client.close();
  });

  it('serves a client of SDK 1.x', async () => {
    const parties = await makeParties();
    const client = secureMCPClient(new Client1({ name: 'c', version: '1' }), parties.client.options);
    await client.connect(new StdioClientTransport1(command(EITHER_ERA, parties)));
    const caller = JSON.parse(textOf(await client.callTool({ name: 'whoami', arguments: {} })));
    expect(caller).toMatchObject({ passportId: parties.client.identity.passport.passport_id });
    await client.close();
  });

  it.each([
    { era: 'legacy', options: {} },
    { era: 'modern', options: PIN },
  ])('refuses a client that is not secured, $era', async ({ options }) => {
    const client = createClient([], undefined, options);
    await rejectionOf(client.connect(new StdioClientTransport(command(EITHER_ERA, await makeParties()))));
    await client.close();
  });

  it('is not believed where its passport is of another authority', async () => {
    const [parties, others] = [await makeParties(), await makeParties()];
    const client = createClient([], parties.client.options);
    await rejectionOf(client.connect(new StdioClientTransport(command(EITHER_ERA, others))));
    await client.close();
  });
});

async function useEverything(client: Client, transport: StdioClientTransport, revision: string): Promise<void> {
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  expect((await client.listTools()).tools).toHaveLength(5);
  const texts = Array.from({ length: 10 }, (_, index) => `number ${index}`);
  const answers = await Promise.all(texts.map((text) => client.callTool({ name: 'echo', arguments: { text } })));
  expect(answers.map(textOf)).toEqual(texts);
  const seen: number[] = [];
  await client.callTool({ name: 'progress' }, { onprogress: ({ progress }) => void seen.push(progress) });
  expect(seen).toEqual([1]);
  if (revision === '2026-07-28') expect(textOf(await client.callTool({ name: 'ask' }))).toBe('Ada');
  const controller = new AbortController();
  const ended = client.callTool({ name: 'wait' }, { signal: controller.signal }).catch(String);
  await until(() => stderr.includes('waiting'), 'the call');
  controller.abort('enough');
  expect(await ended).toContain('enough');
  await until(() => stderr.includes('cancelled'), 'the cancellation');
}
