import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { createTrustAnchors } from '@mcps/protocol';
import type { StatusQuery } from '@mcps/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { feedFromFiles } from '../../src/trust/status-files.js';
import type { StatusFeed } from '../../src/trust/status-feed.js';
import { rejectionOf, until } from '../../../sdk-adapter/test/harness/expectations.js';
import { Authority } from '../../../sdk-adapter/test/harness/identities.js';
import type { Identity } from '../../../sdk-adapter/test/harness/identities.js';
import { createClient } from '../../../sdk-adapter/test/harness/session.js';
import { programOf } from '../support/programs.js';
import { WRAP, fixture, run, writeWrapFiles } from '../support/wrap.js';
import type { WrapFiles } from '../support/wrap.js';

let authority: Authority;
let agent: Identity;
let files: WrapFiles;
let list: string;

beforeAll(async () => {
  authority = await Authority.create();
  agent = await authority.issue('agent', { trustLevel: 2 });
  files = await writeWrapFiles(authority, await authority.issue('wrapped', { trustLevel: 2 }));
  list = join(files.folder, 'status.json');
});

afterAll(async () => {
  await files.remove();
});

/** Replaces the list as it should be: at once, never half of it. */
async function publish(text: string): Promise<void> {
  await writeFile(`${list}.new`, text);
  await rename(`${list}.new`, list);
}

const MINUTE_MS = 60_000;

describe('mcps wrap at level 2', () => {
  const open: Client[] = [];
  afterEach(async () => {
    for (const client of open.splice(0)) await client.close();
  });

  async function connect(extra: readonly string[] = []): Promise<{ client: Client; stderr: () => string }> {
    const client = createClient([], {
      passport: agent.passport,
      privateKey: agent.privateKey,
      trustAnchors: authority.anchors,
    });
    const options = [...files.options, '--min-trust-level', '2', '--status-list', list, ...extra];
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [...WRAP, ...options, '--', process.execPath, programOf('@modelcontextprotocol/server-memory')],
      env: { MEMORY_FILE_PATH: join(files.folder, 'memory.jsonl') },
      stderr: 'pipe',
    });
    let stderr = '';
    transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    open.push(client);
    await client.connect(transport);
    return { client, stderr: () => stderr };
  }

  const call = (client: Client): Promise<unknown> => client.callTool({ name: 'read_graph', arguments: {} });

  it('serves a client that no list names, and refuses it from the list on that does', async () => {
    await publish(await authority.statusList(1, []));
    const { client, stderr } = await connect();
    await call(client);
    await publish(await authority.statusList(2, [agent]));
    let refusal: unknown;
    await until(() => {
      void call(client).catch((error: unknown) => (refusal = error));
      return refusal !== undefined;
    }, 'the revocation to be heard of');
    expect(refusal).toMatchObject({ code: -33003, data: { code: 'MCPS-003', reason: 'passport_revoked' } });

    // Whoever puts an older list in its place, or another one of the same number, brings nobody back.
    await publish(await authority.statusList(1, []));
    await until(() => stderr().includes('status_list_rolled_back'), 'the older list to be reported');
    expect(await rejectionOf(call(client))).toMatchObject({ code: -33003 });
    await publish(await (await Authority.create()).statusList(9, []));
    await until(() => stderr().includes('status_invalid'), 'the forged list to be reported');
    expect(await rejectionOf(call(client))).toMatchObject({ code: -33003 });
  });

  it('refuses everybody once the list is too old, for as long as is asked for', async () => {
    await publish(await authority.statusList(10, [], { issuedAtMs: Date.now() - 2 * MINUTE_MS }));
    expect(await rejectionOf(connect())).toMatchObject({
      code: -33007,
      data: { code: 'MCPS-007', reason: 'status_stale' },
    });
    const { client } = await connect(['--status-max-age', '600']);
    await call(client);
  });

  it('does not start without a list, or with one that cannot be used', async () => {
    const start = (...extra: string[]) =>
      run(
        [
          ...WRAP,
          ...files.options,
          '--min-trust-level',
          '2',
          ...extra,
          '--',
          process.execPath,
          fixture('exit-with.mjs'),
        ],
        {
          input: '',
        },
      );
    const other = await Authority.create();
    const forged = join(files.folder, 'forged.json');
    const broken = join(files.folder, 'broken.json');
    const stale = join(files.folder, 'stale.json');
    await writeFile(forged, await other.statusList(1, []));
    await writeFile(broken, (await authority.statusList(1, [])).slice(0, 100));
    await writeFile(stale, await authority.statusList(1, [], { issuedAtMs: Date.now() - 120 * MINUTE_MS }));
    for (const [options, text] of [
      [[], '--status-list'],
      [['--status-list', join(files.folder, 'missing.json')], 'ENOENT'],
      [['--status-list', files.folder], 'status_invalid'],
      [['--status-list', forged], 'status_invalid'],
      [['--status-list', broken], 'status_invalid'],
      [['--status-list', stale], 'status_stale'],
      [['--status-list', list, '--status-max-age', 'soon'], '--status-max-age'],
    ] as const) {
      const outcome = await start(...options);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain(text);
    }
  });
});

describe('a source that is fed from files', () => {
  const query = ({ passport }: Identity): StatusQuery => ({
    passportId: passport.passport_id,
    digest: '',
    issuer: authority.issuer,
    anchor: authority.issuer,
  });
  const statusOf = async (feed: StatusFeed, identity: Identity): Promise<string> =>
    (await feed.source.check(query(identity), { signal: new AbortController().signal })).status;

  async function feed(reports: string[] = []): Promise<StatusFeed> {
    return feedFromFiles([list], {
      anchors: await createTrustAnchors(authority.anchors),
      report: ({ message }) => void reports.push(message),
      intervalMs: 5,
    });
  }

  it('goes on with the list that it has while the file is gone or half written, and reports that once', async () => {
    await publish(await authority.statusList(1, [agent]));
    const reports: string[] = [];
    const fed = await feed(reports);
    await rm(list);
    await until(() => reports.length === 1);
    const next = await authority.statusList(2, [agent]);
    // At once: a file that grows is another file at each look.
    await publish(next.slice(0, 50));
    await until(() => reports.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reports).toEqual([
      `The status list ${list} cannot be used (ENOENT).`,
      `The status list ${list} cannot be used (status_invalid).`,
    ]);
    expect(await statusOf(fed, agent)).toBe('revoked');
    await writeFile(list, next);
    const stranger = await authority.issue('stranger');
    await publish(await authority.statusList(3, [agent, stranger]));
    for (let known = ''; known !== 'revoked'; known = await statusOf(fed, stranger))
      await new Promise((resolve) => setTimeout(resolve, 5));
    fed.close();
  });

  it('looks no more once it is closed', async () => {
    await publish(await authority.statusList(1, []));
    const reports: string[] = [];
    const fed = await feed(reports);
    fed.close();
    await publish('no list');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reports).toEqual([]);
    expect(await statusOf(fed, agent)).toBe('good');
  });
});
