import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkStatus, createTrustAnchors, verifyPassport } from '@mcps/protocol';
import type { TrustAnchorOptions, TrustAnchors, VerifiedPassport } from '@mcps/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTrustClient } from '../../src/index.js';
import type { TrustClient, TrustNotice } from '../../src/index.js';
import { FolderState } from '../../src/node.js';
import { until } from '../support/event-source.js';
import { RealAuthority } from '../support/real-authority.js';

describe('a client and an authority that changes its keys', () => {
  let authority: RealAuthority;
  /** As it was configured before anything changed. */
  let anchor: TrustAnchorOptions;
  let client: TrustClient;
  let given: TrustAnchors;
  const notices: TrustNotice[] = [];

  const statusKeys = () => client.anchors.get(authority.name)!.statusKeys.map(({ thumbprint }) => thumbprint);
  const check = (passport: VerifiedPassport) =>
    checkStatus(passport, client, { revocations: client.revocations, timeoutMs: 20_000 });
  /** Everything that a client needs an authority for, with the keys that it has by now. */
  async function expectAgreement(): Promise<VerifiedPassport> {
    const passport = await authority.enrol(client.anchors);
    const other = await authority.enrol(client.anchors);
    expect((await check(passport)).fresh).toBe(true);
    expect(await client.staple(passport)).toMatchObject({ passport_id: passport.id });
    await authority.revoke(other);
    await until(() => client.revocations.has(authority.name, other.id), 'the revocation');
    await expect(check(other)).rejects.toMatchObject({ reason: 'passport_revoked' });
    return passport;
  }

  beforeAll(async () => {
    authority = await RealAuthority.start({ KEY_LEAD: '3' });
    anchor = await authority.anchor();
    client = await createTrustClient({
      authorities: [{ urls: authority.url, trustAnchor: anchor }],
      heartbeatMs: 1_000,
      attemptTimeoutMs: 20_000,
      onNotice: (notice) => notices.push(notice),
    });
    given = client.anchors;
    await until(() => client.isLive(authority.name), 'the feed');
  });

  afterAll(async () => {
    await client.close();
    await authority.destroy();
  });

  it('agree about a new status key before it signs, and miss nothing when it does', async () => {
    const before = await expectAgreement();
    const [old] = statusKeys();
    notices.length = 0;
    const { thumbprint, signsFromMs } = await authority.rotate('status');
    await until(() => statusKeys().includes(thumbprint), 'the key set');
    expect(statusKeys()).toEqual([thumbprint, old]);
    await until(() => Date.now() > signsFromMs + 1_500, 'the new key');
    await expectAgreement();
    expect((await check(before)).fresh).toBe(true);
    expect(notices).toEqual([]);
    expect(client.isLive(authority.name)).toBe(true);
  });

  it('agree about a new issuing key at once', async () => {
    const before = await expectAgreement();
    await authority.rotate('passport');
    const passport = await expectAgreement();
    expect(passport.chain[0]?.digest).not.toBe(before.chain[0]?.digest);
    expect((await check(before)).fresh).toBe(true);
  });

  it('agree on evidence keys', async () => {
    const keys = () => client.anchors.get(authority.name)!.evidenceKeys.map(({ thumbprint }) => thumbprint);
    const { thumbprint } = await authority.rotate('evidence');
    await until(() => keys().includes(thumbprint), 'the key set');
    expect(keys()).toHaveLength(2);
  });

  it('agree about a status key that has been lost: nothing of it counts any more', async () => {
    const { thumbprint } = await authority.rotate('status', true);
    await until(() => statusKeys().join() === thumbprint, 'the key set');
    await until(() => client.isLive(authority.name), 'the feed');
    await expectAgreement();
  });

  it('agree about a new root, which the configured one vouches for', async () => {
    const rootKeys = () => client.anchors.get(authority.name)!.keys.length;
    const before = await expectAgreement();
    expect(rootKeys()).toBe(1);
    await authority.command('rotate-keys', 'root');
    // The running program looks every half minute for what was changed beside it.
    await vi.waitFor(() => expect(rootKeys()).toBe(2), { timeout: 90_000, interval: 100 });
    const configured = await createTrustAnchors([anchor]);
    const isBelowTheNewRoot = (passport: VerifiedPassport) =>
      verifyPassport(passport.passport, { anchors: configured }).then(
        () => false,
        (error: unknown) => (error as { reason?: string }).reason === 'passport_signature_invalid',
      );
    let passport = await authority.enrol(client.anchors);
    for (let attempt = 0; attempt < 40 && !(await isBelowTheNewRoot(passport)); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      passport = await authority.enrol(client.anchors);
    }
    expect(await isBelowTheNewRoot(passport)).toBe(true);
    // Whoever was given the anchors at the start believes it as well.
    await expect(verifyPassport(passport.passport, { anchors: given })).resolves.toMatchObject({ id: passport.id });
    expect((await check(passport)).fresh).toBe(true);
    expect((await check(before)).fresh).toBe(true);
    await expectAgreement();
  }, 180_000);
});

describe('a site without a connection', () => {
  const DAYS = 7 * 24 * 3_600_000;
  let authority: RealAuthority;

  beforeAll(async () => {
    authority = await RealAuthority.start({ KEY_LEAD: '0' });
  });

  afterAll(() => authority.destroy());

  it('takes what the authority has exported, follows its keys in it, and takes nothing older', async () => {
    const anchor = await authority.anchor();
    const anchors = await createTrustAnchors([anchor]);
    const kept = await authority.enrol(anchors);
    const later = await authority.enrol(anchors);
    const gone = await authority.enrol(anchors);
    await authority.revoke(gone);
    const file = (name: string) => join(authority.folder, name);
    await authority.command('export-bundle', '--out', file('1.json'));
    // With keys that the site has never been configured with.
    await authority.rotate('status', true);
    await authority.revoke(later);
    await authority.command('export-bundle', '--out', file('2.json'));
    await authority.stop();

    const state = () => FolderState.open(file('site'));
    const requests: string[] = [];
    const open = async () =>
      createTrustClient({
        authorities: [{ urls: [], trustAnchor: anchor }],
        maxAgeMs: DAYS,
        state: await state(),
        fetch: (url) => {
          requests.push(url);
          return Promise.reject(new TypeError('There is no connection'));
        },
      });
    const import_ = (client: TrustClient, name: string) => client.importBundle(readFileSync(file(name), 'utf8'));
    const check = (client: TrustClient, passport: VerifiedPassport) =>
      checkStatus(passport, client, { maxAgeMs: DAYS, revocations: client.revocations });

    const site = await open();
    expect((await check(site, kept)).fresh).toBe(false);
    expect(await import_(site, '1.json')).toMatchObject({ authority: authority.name, passports: 2 });
    expect((await check(site, kept)).fresh).toBe(true);
    expect((await check(site, later)).fresh).toBe(true);
    await expect(check(site, gone)).rejects.toMatchObject({ reason: 'passport_revoked' });
    expect((await site.resolve(kept.id))?.digest).toBe(kept.digest);
    expect(await import_(site, '2.json')).toMatchObject({ passports: 1 });
    await expect(check(site, later)).rejects.toMatchObject({ reason: 'passport_revoked' });
    await expect(import_(site, '1.json')).rejects.toMatchObject({ reason: 'bundle_rolled_back' });
    await site.close();
    const restarted = await open();
    await expect(import_(restarted, '1.json')).rejects.toMatchObject({ reason: 'bundle_rolled_back' });
    await import_(restarted, '2.json');
    expect((await check(restarted, kept)).fresh).toBe(true);
    await restarted.close();
    expect(requests).toEqual([]);
  });
});
