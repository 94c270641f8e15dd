import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejectionOf, textOf } from '../../../sdk-adapter/test/harness/expectations.js';
import { makeParties } from '../../../sdk-adapter/test/harness/parties.js';
import type { Parties } from '../../../sdk-adapter/test/harness/parties.js';
import { createClient, secured } from '../../../sdk-adapter/test/harness/session.js';
import { programOf } from '../support/programs.js';
import { WRAP, fixture, writeWrapFiles } from '../support/wrap.js';
import type { WrapFiles } from '../support/wrap.js';

let parties: Parties;
let files: WrapFiles;

beforeAll(async () => {
  parties = await makeParties();
  files = await writeWrapFiles(parties.authority, parties.server.identity);
});

afterAll(async () => {
  await files.remove();
});

/** The tools of every page. */
async function allTools(client: Client): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    names.push(...page.tools.map((tool) => tool.name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}

async function withProgram(
  args: readonly string[],
  use: (client: Client, errors: Error[]) => Promise<void>,
  env: Record<string, string> = {},
) {
  const errors: Error[] = [];
  const client = createClient(errors, parties.client.options);
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [...args], env }));
  try {
    await use(client, errors);
  } finally {
    await client.close();
  }
}

const wrapped = (...command: string[]) => [
  ...WRAP,
  ...files.options,
  '--audit',
  files.audit,
  '--audit-format',
  'jsonl',
  '--',
  process.execPath,
  ...command,
];

describe('mcps wrap in front of servers that know nothing of MCPS', () => {
  it('server-everything: lists, calls, progress, sampling', async () => {
    await withProgram(
      wrapped(programOf('@modelcontextprotocol/server-everything'), 'stdio'),
      async (client, errors) => {
        const id = parties.server.identity.passport.passport_id;
        expect(secured(client).peer).toMatchObject({ passportId: id, level: 1 });
        const names = await allTools(client);
        expect(names.length).toBeGreaterThan(8);
        expect(textOf(await client.callTool({ name: 'echo', arguments: { message: 'hello' } }))).toContain('hello');
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => client.callTool({ name: 'get-sum', arguments: { a: index, b: 1 } })),
        );
        expect(answers.map((answer, index) => textOf(answer).includes(String(index + 1)))).not.toContain(false);
        const steps: number[] = [];
        await client.callTool(
          { name: 'trigger-long-running-operation', arguments: { duration: 0.5, steps: 4 } },
          undefined,
          {
            onprogress: ({ progress }) => void steps.push(progress),
          },
        );
        expect(steps).toEqual([1, 2, 3, 4]);
        expect(await client.listPrompts()).toMatchObject({ prompts: expect.any(Array) });
        expect((await client.listResources()).resources.length).toBeGreaterThan(0);
        expect(errors).toEqual([]);
      },
    );
    const audit = await readFile(files.audit, 'utf8');
    const events = audit
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events.map(({ event }) => event)).toContain('session.established');
    expect(events.filter(({ event }) => event === 'message.refused')).toEqual([]);
    for (const secret of parties.server.identity.secrets) expect(audit).not.toContain(secret);
  });

  it('server-filesystem: a 50 KB file', async () => {
    await withProgram(
      wrapped(programOf('@modelcontextprotocol/server-filesystem'), files.folder),
      async (client, errors) => {
        const content = 'line of text\n'.repeat(4_000);
        const path = join(files.folder, 'large.txt');
        await client.callTool({ name: 'write_file', arguments: { path, content } });
        expect(await readFile(path, 'utf8')).toBe(content);
        expect(textOf(await client.callTool({ name: 'read_text_file', arguments: { path } }))).toBe(content);
        expect(errors).toEqual([]);
      },
    );
  });

  it('server-memory: writes and reads', async () => {
    await withProgram(
      wrapped(programOf('@modelcontextprotocol/server-memory')),
      async (client, errors) => {
        expect(await allTools(client)).toContain('create_entities');
        await client.callTool({
          name: 'create_entities',
          arguments: { entities: [{ name: 'Ada', entityType: 'person', observations: ['writes'] }] },
        });
        expect(textOf(await client.callTool({ name: 'read_graph', arguments: {} }))).toContain('Ada');
        expect(errors).toEqual([]);
      },
      { MEMORY_FILE_PATH: join(files.folder, 'memory.jsonl') },
    );
  });

  it('a server that writes lines which are no messages: they never reach the client', async () => {
    await withProgram(wrapped(fixture('noisy-server.mjs')), async (client, errors) => {
      await client.ping();
      expect(errors).toEqual([]);
    });
  });

  it('signs the tools of the server it vouches the hop for', async () => {
    await withProgram(wrapped(programOf('@modelcontextprotocol/server-memory')), async (client) => {
      const { tools } = await client.listTools();
      for (const tool of tools) {
        expect(tool._meta?.['dev.mcps/signature']).toMatchObject({
          signed_by: parties.server.identity.passport.passport_id,
        });
      }
    });
  });

  it('refuses a client without security, and answers it', async () => {
    const errors: Error[] = [];
    const client = createClient(errors, undefined);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: wrapped(programOf('@modelcontextprotocol/server-memory')),
      stderr: 'ignore',
    }) as Transport;
    expect(await rejectionOf(client.connect(transport))).toMatchObject({
      code: -33004,
      data: { reason: 'envelope_missing' },
    });
  });
});
