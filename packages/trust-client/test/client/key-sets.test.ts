import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStatus } from '@mcps/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTrustClient } from '../../src/index.js';
import type { TrustClient, TrustClientOptions } from '../../src/index.js';
import { FolderState } from '../../src/node.js';
import { TestAuthority, TestClock } from '../support/authority.js';
import type { Issued } from '../support/authority.js';
import { until } from '../support/event-source.js';
import { TestServer } from '../support/http-server.js';

let clock: TestClock;
let authority: TestAuthority;
let anchor: TestAuthority['trustAnchor'];
let server: TestServer;
let agent: Issued;
let folder: string;
const clients: TrustClient[] = [];

async function open(options: Partial<TrustClientOptions> = {}): Promise<TrustClient> {
  const client = await createTrustClient({
    authorities: [{ urls: server.url, trustAnchor: anchor }],
    clock: clock.read,
    random: () => 0,
    attemptTimeoutMs: 20_000,
    ...options,
  });
  clients.push(client);
  return client;
}

const check = async (client: TrustClient, who: Issued) =>
  checkStatus(await authority.verified(who), client, { clock: clock.read, revocations: client.revocations });
const isLive = (client: TrustClient) => client.isLive(authority.name);

beforeEach(async () => {
  clock = new TestClock();
  authority = await TestAuthority.create(clock);
  // As configured once, before any key changed.
  anchor = authority.trustAnchor;
  server = await TestServer.start(authority.handle);
  agent = await authority.issue('agent');
  folder = mkdtempSync(join(tmpdir(), 'mcps-keys-'));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a status key that is replaced', () => {
  it('is followed at once, where the root key vouches for the next', async () => {
    const client = await open();
    await until(() => isLive(client));
    const before = authority.status;
    await authority.changeStatusKey();
    const after = authority.status;
    // The event is signed by the key that is known.
    authority.status = before;
    await authority.tell('key-set');
    authority.status = after;
    const key = () => client.anchors.get(authority.name)?.statusKeys[0]?.thumbprint;
    await until(() => key() === after.publicKey.thumbprint);
    await authority.revoke(agent);
    await until(() => client.revocations.has(authority.name, agent.passport.passport_id));
  });

  it('is found out at the start, and remembered for the next', async () => {
    await authority.changeStatusKey();
    const state = await FolderState.open(join(folder, 'state'));
    const client = await open({ state });
    await until(() => isLive(client));
    expect((await check(client, agent)).fresh).toBe(true);
    await client.close();
    const again = await open({ state, subscribe: false });
    expect(again.anchors.get(authority.name)?.statusKeys).toMatchObject([
      { thumbprint: authority.status.publicKey.thumbprint },
    ]);
    expect((await check(again, agent)).fresh).toBe(true);
  });

  it('lets nobody in who signs with the old one', async () => {
    const thief = authority.fork();
    await authority.changeStatusKey();
    const client = await open();
    await until(() => isLive(client));
    server.handle(thief);
    clock.advance(60_001);
    expect((await check(client, agent)).fresh).toBe(false);
    await thief.revoke(agent);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.revocations.has(authority.name, agent.passport.passport_id)).toBe(false);
  });

  it('does not bring back the lost one where the next set is withheld until the present one has run out', async () => {
    const lost = authority.status.publicKey.thumbprint;
    await authority.changeStatusKey();
    const state = await FolderState.open(join(folder, 'state'));
    const client = await open({ state });
    await until(() => isLive(client));
    await client.close();
    server.handler = (_request, response) => response.destroy();
    clock.advance(91 * 24 * 3_600_000);
    const restarted = await open({ state });
    expect(restarted.anchors.get(authority.name)?.statusKeys).toEqual([]);
    // Whoever has never heard of another key has no choice.
    const unaware = await open();
    expect(unaware.anchors.get(authority.name)?.statusKeys).toMatchObject([{ thumbprint: lost }]);
  });

  it('is not replaced by a set that the root key has not signed, or an older one', async () => {
    await authority.changeStatusKey();
    const old = authority.fork();
    await authority.changeStatusKey();
    const state = await FolderState.open(join(folder, 'state'));
    const client = await open({ state });
    await until(() => isLive(client));
    const { thumbprint } = authority.status.publicKey;
    await client.close();
    const usurper = await TestAuthority.create(clock, authority.name);
    usurper.keySetNumber = 9;
    for (const other of [old, usurper]) {
      server.handle(other);
      const restarted = await open({ state });
      await until(() => server.requests.some((url) => url.includes('key-set')));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(restarted.anchors.get(authority.name)?.statusKeys).toMatchObject([{ thumbprint }]);
      server.requests.length = 0;
    }
  });
});

describe('another life of the log', () => {
  it('is believed where the root key vouches for it, and only there', async () => {
    const restored = authority.fork();
    await authority.issue('lost');
    const client = await open();
    await until(() => isLive(client));
    // Its operator has begun a new era after a restore; without the root key nobody could.
    restored.era = 2;
    restored.listNumber = 20;
    await restored.issue('new');
    server.handle(restored);
    for (const listener of authority.listeners) listener.destroy();
    await until(() => !isLive(client));
    expect((await check(client, agent)).fresh).toBe(true);
    clock.advance(60_001);
    expect((await check(client, agent)).fresh).toBe(false);

    // With the root key.
    restored.keySetNumber = 1;
    const believer = await open({ state: await FolderState.open(join(folder, 'state')) });
    await until(() => isLive(believer));
    expect((await check(believer, agent)).fresh).toBe(true);
  });

  it('is followed by a client that has known the one before', async () => {
    authority.keySetNumber = 1;
    const restored = authority.fork();
    await authority.issue('lost');
    const state = await FolderState.open(join(folder, 'state'));
    const before = await open({ state });
    await until(() => isLive(before));
    await before.close();
    restored.era = 2;
    restored.keySetNumber = 2;
    restored.listNumber = 20;
    await restored.issue('new');
    server.handle(restored);
    const after = await open({ state });
    await until(() => isLive(after));
    expect((await check(after, agent)).fresh).toBe(true);
    await restored.revoke(agent);
    await until(() => after.revocations.has(authority.name, agent.passport.passport_id));
    // There is no way back.
    await after.close();
    authority.keySetNumber = 3;
    authority.listNumber = 30;
    server.handle(authority);
    const again = await open({ state, subscribe: false });
    clock.advance(60_001);
    expect((await check(again, agent)).fresh).toBe(false);
  });
});

describe('a bundle', () => {
  const offline = (options: Partial<TrustClientOptions> = {}) =>
    open({ authorities: [{ urls: [], trustAnchor: anchor }], maxAgeMs: 7 * 24 * 3_600_000, ...options });
  const checkOffline = async (client: TrustClient, who: Issued) =>
    checkStatus(await authority.verified(who), client, {
      clock: clock.read,
      maxAgeMs: 7 * 24 * 3_600_000,
      revocations: client.revocations,
    });
  const reasonOf = (refused: Promise<unknown>) =>
    refused.then(
      () => 'accepted',
      (error: unknown) => (error as { reason?: string }).reason,
    );

  it('is all that a site without a connection needs', async () => {
    await authority.changeStatusKey();
    const gone = await authority.issue('gone');
    await authority.revoke(gone);
    const client = await offline();
    expect((await checkOffline(client, agent)).fresh).toBe(false);
    const bundle = await authority.signBundle([agent, gone]);
    expect(await client.importBundle(JSON.stringify(bundle))).toEqual({
      authority: authority.name,
      number: 1,
      passports: 2,
      createdAtMs: clock.now,
      expiresAtMs: clock.now + 7 * 24 * 3_600_000,
    });
    clock.advance(23 * 3_600_000);
    expect((await checkOffline(client, agent)).fresh).toBe(true);
    expect(await reasonOf(checkOffline(client, gone))).toBe('passport_revoked');
    expect((await client.resolve(agent.passport.passport_id))?.passport).toEqual(agent.passport);
    expect(await reasonOf(client.resolve((await authority.issue('unknown')).passport.passport_id))).not.toBe(
      'accepted',
    );
    expect(server.requests).toEqual([]);
  });

  it('is refused where it is older than one before, also after a restart', async () => {
    await authority.changeStatusKey();
    const state = await FolderState.open(join(folder, 'state'));
    const old = await authority.signBundle();
    await authority.revoke(agent);
    authority.bundleNumber = 2;
    const client = await offline({ state });
    await client.importBundle(await authority.signBundle());
    expect(await reasonOf(client.importBundle(old))).toBe('bundle_rolled_back');
    await client.close();
    const restarted = await offline({ state });
    expect(await reasonOf(restarted.importBundle(old))).toBe('bundle_rolled_back');
    expect((await checkOffline(restarted, agent)).fresh).toBe(false);
    // A higher number does not make its list newer.
    const disguised = authority.fork();
    disguised.keySetNumber = authority.keySetNumber;
    disguised.bundleNumber = 3;
    disguised.listNumber = 1;
    expect(await reasonOf(restarted.importBundle(await disguised.signBundle()))).toBe('status_list_rolled_back');
  });

  it('is refused with keys that have been put out of use since, whatever its number', async () => {
    authority.keySetNumber = 1;
    const thief = authority.fork();
    thief.keySetNumber = 1;
    await authority.changeStatusKey();
    const gone = await authority.issue('gone');
    const client = await offline({ state: await FolderState.open(join(folder, 'state')) });
    await client.importBundle(await authority.signBundle());
    // The old status key was stolen; the key set that named it is authentic.
    thief.bundleNumber = 9;
    thief.listNumber = 9;
    await thief.revoke(agent);
    expect(await reasonOf(client.importBundle(await thief.signBundle()))).toBe('key_set_rolled_back');
    expect(client.revocations.has(authority.name, agent.passport.passport_id)).toBe(false);
    expect((await checkOffline(client, agent)).fresh).toBe(true);
    expect((await checkOffline(client, gone)).fresh).toBe(true);
    authority.bundleNumber = 2;
    await client.importBundle(await authority.signBundle());
  });

  it('is taken again as it is, and not with other content', async () => {
    await authority.changeStatusKey();
    const client = await offline();
    const bundle = await authority.signBundle();
    await client.importBundle(bundle);
    await client.importBundle(bundle);
    expect(await reasonOf(client.importBundle(await authority.signBundle([agent])))).toBe('bundle_rolled_back');
  });

  it('is refused of an authority that nobody configured, and changed on its way', async () => {
    await authority.changeStatusKey();
    const client = await offline();
    const other = await TestAuthority.create(clock, 'other.example');
    await other.changeStatusKey();
    expect(await reasonOf(client.importBundle(await other.signBundle()))).toBe('status_invalid');
    const bundle = await authority.signBundle();
    expect(await reasonOf(client.importBundle({ ...bundle, number: 7 }))).toBe('status_invalid');
    expect((await checkOffline(client, agent)).fresh).toBe(false);
  });

  it('also helps a site whose connection is down, and does not hold it back afterwards', async () => {
    await authority.changeStatusKey();
    const bundle = await authority.signBundle([agent]);
    server.handler = (_request, response) => response.destroy();
    const client = await open();
    await client.importBundle(bundle);
    expect((await check(client, agent)).fresh).toBe(true);
    server.handler = authority.handle;
    await authority.revoke(agent);
    await until(() => client.revocations.has(authority.name, agent.passport.passport_id));
    await until(() => isLive(client));
  });
});
