import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkStatus } from '@mcps/protocol';
import type { CheckStatusOptions, VerifiedPassport } from '@mcps/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTrustClient } from '../../src/index.js';
import type { Fetch, TrustClient, TrustClientOptions, TrustNotice } from '../../src/index.js';
import { FolderState } from '../../src/node.js';
import { treeHeadsIn } from '../../src/state/tree-heads.js';
import { until } from '../support/event-source.js';
import { TestServer } from '../support/http-server.js';
import { RealAuthority } from '../support/real-authority.js';

let authority: RealAuthority;
let notices: TrustNotice[] = [];
const clients: TrustClient[] = [];

async function open(options: Partial<TrustClientOptions> = {}): Promise<TrustClient> {
  const client = await createTrustClient({
    authorities: [{ urls: authority.url, trustAnchor: await authority.anchor() }],
    heartbeatMs: 1_000,
    attemptTimeoutMs: 20_000,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  clients.push(client);
  return client;
}

async function listening(options: Partial<TrustClientOptions> = {}): Promise<TrustClient> {
  const client = await open(options);
  await until(() => client.isLive(authority.name), 'the feed');
  return client;
}

const check = (client: TrustClient, passport: VerifiedPassport, options: CheckStatusOptions = {}) =>
  checkStatus(passport, client, { revocations: client.revocations, timeoutMs: 20_000, ...options });
const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'accepted',
    (error: unknown) => (error as { reason?: string }).reason,
  );

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  notices = [];
});

describe('a client and the authority as it is', () => {
  beforeAll(async () => {
    authority = await RealAuthority.start();
  });

  afterAll(() => authority.destroy());

  it('agree about a passport, its chain, its staple and its end', async () => {
    const client = await listening();
    const passport = await authority.enrol(client.anchors);
    expect(passport.chain).toHaveLength(1);
    expect((await check(client, passport)).fresh).toBe(true);
    expect((await client.resolve(passport.id))?.digest).toBe(passport.digest);
    const staple = await client.staple(passport);
    expect(staple).toMatchObject({ passport_id: passport.id });
    await authority.revoke(passport);
    await until(() => client.revocations.has(authority.name, passport.id), 'the revocation');
    expect(await reasonOf(check(client, passport, { staple: staple ?? {} }))).toBe('passport_revoked');
    expect(client.isLive(authority.name)).toBe(true);
  });

  it('agree without listening', async () => {
    const client = await open({ subscribe: false });
    const passport = await authority.enrol(client.anchors);
    expect((await check(client, passport)).fresh).toBe(true);
    await authority.revoke(passport);
    const later = await open({ subscribe: false });
    expect(await reasonOf(check(later, passport))).toBe('passport_revoked');
  });

  it('agree on keys that are only pinned', async () => {
    const client = await open({ authorities: authority.url, subscribe: false });
    expect(client.anchors.list().map(({ issuer }) => issuer)).toEqual([authority.name]);
    const passport = await authority.enrol(client.anchors);
    expect((await check(client, passport)).fresh).toBe(true);
  });

  it('meet over webhooks', async () => {
    const client = await open({ subscribe: false });
    const passport = await authority.enrol(client.anchors);
    const server = await TestServer.start();
    const secret = await authority.registerWebhook(`${server.url}/hook`);
    const handle = await client.createWebhookHandler({ secrets: [secret] });
    server.handler = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
        const body = Buffer.concat(chunks);
        void handle(new Request(`${server.url}/hook`, { method: 'POST', headers, body })).then(({ status }) => {
          response.writeHead(status).end();
        });
      });
    };
    await authority.revoke(passport);
    await until(() => client.revocations.has(authority.name, passport.id), 'the delivery');
    await server.stop();
  });

  it('catch up on what was revoked while the line was cut', async () => {
    let isCut = false;
    const open = new Set<AbortController>();
    const cuttable: Fetch = (url, init) => {
      if (isCut) return Promise.reject(new TypeError('cut'));
      const line = new AbortController();
      open.add(line);
      const ends = [line.signal, ...(init.signal === null || init.signal === undefined ? [] : [init.signal])];
      return fetch(url, { ...init, signal: AbortSignal.any(ends) });
    };
    const client = await listening({ fetch: cuttable });
    const passport = await authority.enrol(client.anchors);
    expect((await check(client, passport)).fresh).toBe(true);
    isCut = true;
    for (const line of open) line.abort();
    await until(() => !client.isLive(authority.name), 'the silence');
    await authority.revoke(passport);
    // What was good a moment ago still is: nobody can know better.
    expect((await check(client, passport)).fresh).toBe(true);
    isCut = false;
    await until(() => client.revocations.has(authority.name, passport.id), 'the revocation');
    expect(await reasonOf(check(client, passport))).toBe('passport_revoked');
  });
});

describe('an authority that is killed', () => {
  beforeAll(async () => {
    authority = await RealAuthority.start();
  });

  afterAll(() => authority.destroy());

  it('lets its last word count for its time, then nobody in, and is heard again once it is back', async () => {
    const maxAgeMs = 3_000;
    const client = await listening({ maxAgeMs });
    const passport = await authority.enrol(client.anchors);
    expect((await check(client, passport, { maxAgeMs })).fresh).toBe(true);
    await authority.stop('SIGKILL');
    await until(() => !client.isLive(authority.name), 'the silence');
    const { freshUntilMs, fresh } = await check(client, passport, { maxAgeMs });
    expect(fresh).toBe(true);
    await until(() => Date.now() >= freshUntilMs, 'the end');
    expect((await check(client, passport, { maxAgeMs })).fresh).toBe(false);
    // Who asked for that goes on with the last good answer.
    expect(await check(client, passport, { maxAgeMs, staleMaxAgeMs: 600_000 })).toMatchObject({ isStale: true });
    await authority.start();
    await until(() => client.isLive(authority.name), 'the return');
    expect((await check(client, passport, { maxAgeMs })).fresh).toBe(true);
    await authority.revoke(passport);
    await until(() => client.revocations.has(authority.name, passport.id), 'the revocation');
  });
});

describe('an authority that is set back to a backup, its witness included', () => {
  beforeAll(async () => {
    authority = await RealAuthority.start();
  });

  afterAll(() => authority.destroy());

  it('brings nobody back, also to a client that was restarted', async () => {
    const folder = join(authority.folder, 'client');
    const state = await FolderState.open(folder);
    const client = await listening({ state });
    const passport = await authority.enrol(client.anchors);
    const other = await authority.enrol(client.anchors);
    await authority.stop();
    const backup = join(authority.folder, 'backup');
    cpSync(authority.data, backup, { recursive: true });
    await authority.start();
    await until(() => client.isLive(authority.name), 'the return');
    await authority.revoke(passport);
    await until(() => client.revocations.has(authority.name, passport.id), 'the revocation');
    const heads = treeHeadsIn(state);
    await vi.waitFor(async () => {
      expect(await heads.load(authority.name)).toMatchObject({ epoch: 1 });
    }, 20_000);
    await client.close();

    await authority.stop();
    rmSync(authority.data, { recursive: true });
    cpSync(backup, authority.data, { recursive: true });
    await authority.start();
    const forgetful = await listening();
    expect((await check(forgetful, passport)).fresh).toBe(true);
    notices = [];
    const restarted = await open({ state: await FolderState.open(folder) });
    await until(() => notices.some((notice) => notice.type === 'unavailable' && notice.what === 'list'), 'the refusal');
    expect((await check(restarted, passport)).fresh).toBe(false);
    expect((await check(restarted, other)).fresh).toBe(false);
    expect(restarted.isLive(authority.name)).toBe(false);
  });
});
