import { beforeAll, describe, expect, it } from 'vitest';
import {
  SignedListStatusSource,
  checkStatus,
  isVerified,
  signBundle,
  signKeySet,
  signStatusList,
  verifyBundle,
} from '../../src/index.js';
import type { Bundle, KeySet, RevokedPassport, SignBundleOptions, StatusList, TrustAnchors } from '../../src/index.js';
import { Authority, DAY_MS, NOW, issueBelow, newKeys, right, verifyAt } from '../passport/world.js';
import type { Holder, Keys } from '../passport/world.js';

const NAME = 'authority.example';

let authority: Authority;
let clerk: Keys;
let anchors: TrustAnchors;
let keySet: KeySet;
let list: StatusList;
let agent: Holder;
let member: Holder;
let revoked: Holder;

beforeAll(async () => {
  authority = await Authority.create(NAME);
  clerk = await newKeys();
  // The verifier knows the root key only: the key set brings the clerk's.
  anchors = await authority.anchors();
  keySet = await signKeySet(
    {
      authority: NAME,
      era: 1,
      number: 4,
      keys: [{ purpose: 'status', jwk: clerk.publicKey.jwk, notBeforeMs: NOW - DAY_MS, notAfterMs: NOW + 90 * DAY_MS }],
      issuedAtMs: NOW,
    },
    authority.keys.privateKey,
  );
  const lasting = { expiresAtMs: NOW + 30 * DAY_MS };
  [agent, revoked] = [await authority.issue(lasting), await authority.issue(lasting)];
  member = await issueBelow(await authority.issue({ ...lasting, issuing: right(0) }), {
    expiresAtMs: NOW + 20 * DAY_MS,
  });
  const entry: RevokedPassport = {
    passport_id: revoked.passport.passport_id,
    reason: 'key_compromise',
    revoked_at: new Date(NOW).toISOString(),
    passport_expires_at: revoked.passport.expires_at,
  };
  list = await signStatusList(
    { issuer: NAME, number: 9, epoch: 1, revoked: [entry], issuedAtMs: NOW, ttlSeconds: 300 },
    clerk.privateKey,
  );
});

const make = (extra: Partial<SignBundleOptions> = {}, by: Keys = clerk): Promise<Bundle> =>
  signBundle(
    {
      authority: NAME,
      number: 2,
      keySet,
      passports: [agent.passport, member.passport, revoked.passport],
      list,
      createdAtMs: NOW,
      ...extra,
    },
    by.privateKey,
  );
const listAt = (issuedAtMs: number) =>
  signStatusList({ issuer: NAME, number: 9, epoch: 0, revoked: [], issuedAtMs }, clerk.privateKey);
const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'accepted',
    (error: unknown) => (error as { reason: string }).reason,
  );

describe('a bundle', () => {
  it('brings keys, passports and the list, all verified, to whoever knows the root key', async () => {
    const bundle = await make();
    const verified = await verifyBundle(JSON.stringify(bundle), { anchors, now: NOW });
    expect(verified).toMatchObject({ authority: NAME, createdAtMs: NOW, expiresAtMs: NOW + 7 * DAY_MS });
    expect(verified.bundle).toEqual(bundle);
    expect(verified.passports.map(({ id }) => id)).toEqual(bundle.passports.map(({ passport_id: id }) => id));
    expect(verified.keySet.keySet.number).toBe(4);
    expect([isVerified(verified, 'bundle'), isVerified(verified.list, 'status-list')]).toEqual([true, true]);
  });

  it('makes its list count for as long as it does itself, and no longer', async () => {
    let now = NOW;
    const clock = () => now;
    const { list: verified } = await verifyBundle(await make(), { anchors, now });
    const source = new SignedListStatusSource({ anchors, clock });
    await source.update(verified);
    const maxAgeMs = 7 * DAY_MS;
    now = NOW + 7 * DAY_MS - 1;
    const good = await verifyAt(agent.passport, anchors);
    expect((await checkStatus(good, source, { clock, maxAgeMs })).fresh).toBe(true);
    const bad = checkStatus(await verifyAt(revoked.passport, anchors), source, { clock, maxAgeMs });
    expect(await reasonOf(bad)).toBe('passport_revoked');
    now += 1;
    expect((await checkStatus(good, source, { clock, maxAgeMs: 30 * DAY_MS })).fresh).toBe(false);
  });

  it('leaves out passports that have expired since', async () => {
    const bundle = await make({ ttlSeconds: 60 * 24 * 3600 });
    const later = NOW + 20 * DAY_MS;
    const verified = await verifyBundle(bundle, { anchors, now: later });
    expect(verified.passports.map(({ id }) => id)).toEqual([agent.passport.passport_id, revoked.passport.passport_id]);
  });

  it('has its time', async () => {
    const bundle = await make({ ttlSeconds: 60 });
    const at = (ms: number) => reasonOf(verifyBundle(bundle, { anchors, now: NOW + ms }));
    expect([await at(-60_000), await at(59_999)]).toEqual(['accepted', 'accepted']);
    expect([await at(-60_001), await at(60_000)]).toEqual(['status_invalid', 'status_stale']);
  });

  it('is from the future, with all that is in it, by as much as the options allow', async () => {
    const [ahead, behind] = [NOW + 120_000, NOW - 120_000];
    const later = await authority.issue({ issuedAtMs: ahead, expiresAtMs: NOW + DAY_MS });
    const laterSet = await signKeySet(
      {
        authority: NAME,
        era: 1,
        number: 5,
        keys: [{ purpose: 'status', jwk: clerk.publicKey.jwk, notBeforeMs: behind - DAY_MS, notAfterMs: NOW + DAY_MS }],
        issuedAtMs: NOW,
      },
      authority.keys.privateKey,
    );
    const at = (bundle: Bundle, now: number, futureToleranceMs: number) =>
      reasonOf(verifyBundle(bundle, { anchors, now, futureToleranceMs }));
    const bundle = await make({ keySet: laterSet, passports: [] });
    const longAgo = await make({ keySet: laterSet, passports: [], createdAtMs: behind, list: await listAt(behind) });
    const passport = await make({ passports: [later.passport] });
    expect([await at(bundle, behind, 120_000), await at(passport, NOW, 120_000)]).toEqual(['accepted', 'accepted']);
    expect([await at(longAgo, behind, 119_999), await at(passport, NOW, 119_999)]).toEqual([
      'status_invalid',
      'passport_not_yet_valid',
    ]);
  });

  it('is signed by a status key of its own key set, and that by the root', async () => {
    for (const by of [authority.keys, await newKeys()])
      expect(await reasonOf(verifyBundle(await make({}, by), { anchors, now: NOW }))).toBe('status_invalid');
    const forger = await newKeys();
    const forged = await signKeySet(
      {
        authority: NAME,
        era: 1,
        number: 5,
        keys: [{ purpose: 'status', jwk: forger.publicKey.jwk, notBeforeMs: NOW - 1, notAfterMs: NOW + DAY_MS }],
        issuedAtMs: NOW,
      },
      forger.privateKey,
    );
    expect(await reasonOf(verifyBundle(await make({ keySet: forged }, forger), { anchors, now: NOW }))).toBe(
      'status_invalid',
    );
  });

  it('is refused whatever is changed, left out or put in', async () => {
    const bundle = await make();
    const stranger = await (await Authority.create(NAME)).issue();
    const changes: [string, object][] = [
      ['number', { number: 3 }],
      ['end', { expires_at: new Date(NOW + 8 * DAY_MS).toISOString() }],
      ['a passport less', { passports: bundle.passports.slice(1) }],
      ['a passport more', { passports: [...bundle.passports, stranger.passport] }],
      ['list', { list: { ...bundle.list, revoked: [] } }],
      ['key set', { key_set: { ...bundle.key_set, number: 5 } }],
      ['authority', { authority: 'other.example' }],
      ['another member', { more: 1 }],
    ];
    for (const [title, change] of changes)
      expect(await reasonOf(verifyBundle({ ...bundle, ...change }, { anchors, now: NOW })), title).toBe(
        'status_invalid',
      );
  });

  it('is refused with a list that its authority has not signed', async () => {
    const other = await signStatusList(
      { issuer: NAME, number: 9, epoch: 1, revoked: [], issuedAtMs: NOW },
      (await newKeys()).privateKey,
    );
    expect(await reasonOf(verifyBundle(await make({ list: other }), { anchors, now: NOW }))).toBe('status_invalid');
  });

  it('is refused with a passport that does not verify, or is not below the authority', async () => {
    const impostor = await (await Authority.create(NAME)).issue();
    const foreign = await (await Authority.create('other.example')).issue();
    const verify = async (holder: Holder) =>
      reasonOf(verifyBundle(await make({ passports: [agent.passport, holder.passport] }), { anchors, now: NOW }));
    expect([await verify(impostor), await verify(foreign)]).toEqual(['passport_signature_invalid', 'status_invalid']);
  });

  it.each<[string, () => Partial<SignBundleOptions>]>([
    ['a list of another authority', () => ({ list: { ...list, issuer: 'other.example' } })],
    ['a key set of another authority', () => ({ keySet: { ...keySet, authority: 'other.example' } })],
    ['no time', () => ({ ttlSeconds: 0 })],
    ['half a number', () => ({ number: 0.5 })],
    ['something else than passports', () => ({ passports: [{}] as never })],
  ])('gets no signature with %s', async (_title, extra) => {
    await expect(make(extra())).rejects.toMatchObject({ code: 'option_invalid' });
  });
});
