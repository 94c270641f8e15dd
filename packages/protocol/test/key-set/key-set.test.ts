import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  KeySets,
  MemoryNumberState,
  createTrustAnchors,
  isVerified,
  signKeySet,
  verifyKeySet,
} from '../../src/index.js';
import type { KeyPurpose, SignKeySetOptions, TrustAnchors } from '../../src/index.js';
import { Authority, DAY_MS, NOW, newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';

const NAME = 'authority.example';

let authority: Authority;
let [old, next, examiner]: Keys[] = [];
let stranger: Keys;
let anchors: TrustAnchors;
let now: number;
const clock = (): number => now;

beforeAll(async () => {
  authority = await Authority.create(NAME);
  [old, next, examiner, stranger] = [await newKeys(), await newKeys(), await newKeys(), await newKeys()];
  anchors = await authority.anchors({ statusKeys: [old.publicKey], evidenceKeys: [examiner.publicKey] });
});

beforeEach(() => {
  now = NOW;
});

const timed = (purpose: KeyPurpose, { publicKey }: Keys, fromMs = NOW - DAY_MS, untilMs = NOW + DAY_MS) => ({
  purpose,
  jwk: publicKey.jwk,
  notBeforeMs: fromMs,
  notAfterMs: untilMs,
});
const make = (extra: Partial<SignKeySetOptions> = {}, by: Keys = authority.keys) =>
  signKeySet(
    { authority: NAME, era: 1, number: 1, keys: [timed('status', next!)], issuedAtMs: now, ...extra },
    by.privateKey,
  );
const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'accepted',
    (error: unknown) => (error as { reason: string }).reason,
  );
const keysOf = (sets: KeySets) => {
  const anchor = sets.anchors.get(NAME);
  const names = new Map([
    [authority.keys.publicKey.thumbprint, 'root'],
    [old!.publicKey.thumbprint, 'old'],
    [next!.publicKey.thumbprint, 'next'],
    [examiner!.publicKey.thumbprint, 'examiner'],
  ]);
  const read = (keys: readonly { thumbprint: string }[] = []) => keys.map(({ thumbprint }) => names.get(thumbprint));
  return { passport: read(anchor?.keys), status: read(anchor?.statusKeys), evidence: read(anchor?.evidenceKeys) };
};

describe('a key set', () => {
  it('is verified as it was signed', async () => {
    const keySet = await make();
    const verified = await verifyKeySet(JSON.stringify(keySet), { anchors, now });
    expect(verified).toMatchObject({ keySet, authority: NAME, issuedAtMs: NOW, nextUpdateMs: NOW + 90 * DAY_MS });
    expect(isVerified(verified, 'key-set')).toBe(true);
  });

  it('is signed by a key that is configured as signing passports, and by no other', async () => {
    for (const by of [old!, next!, examiner!, stranger])
      expect(await reasonOf(verifyKeySet(await make({}, by), { anchors, now }))).toBe('status_invalid');
    expect(await reasonOf(verifyKeySet(await make({ authority: 'other.example' }), { anchors, now }))).toBe(
      'status_invalid',
    );
  });

  it('has its time', async () => {
    const keySet = await make({ ttlSeconds: 60 });
    const at = (ms: number) => reasonOf(verifyKeySet(keySet, { anchors, now: NOW + ms }));
    expect([await at(-60_000), await at(59_999)]).toEqual(['accepted', 'accepted']);
    expect([await at(-60_001), await at(60_000)]).toEqual(['status_invalid', 'status_stale']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another member', { more: 1 }],
    ['era 0', { era: 0 }],
    ['half a number', { number: 0.5 }],
    ['no keys', { keys: [] }],
    ['keys that are none', { keys: ['x'] }],
    ['no list', { keys: {} }],
    ['an end before its beginning', { next_update: new Date(NOW - 1).toISOString() }],
    ['a changed number', { number: 2 }],
    ['a changed era', { era: 2 }],
  ])('is refused with %s', async (_title, change) => {
    const keySet = { ...(await make()), ...change };
    expect(await reasonOf(verifyKeySet(keySet, { anchors, now }))).toBe('status_invalid');
  });

  it.each<[string, (key: Record<string, unknown>) => Record<string, unknown>]>([
    ['another purpose', (key) => ({ ...key, purpose: 'message' })],
    ['another member', (key) => ({ ...key, kid: 'x' })],
    ['a private part', (key) => ({ ...key, jwk: { ...(key['jwk'] as object), d: 'A'.repeat(43) } })],
    ['another curve', (key) => ({ ...key, jwk: { ...(key['jwk'] as object), crv: 'P-384' } })],
    ['no end', ({ not_after: _end, ...key }) => key],
    ['an end before its beginning', (key) => ({ ...key, not_after: key['not_before'] })],
  ])('is refused with a key of %s', async (_title, change) => {
    const keySet = await make();
    const keys = keySet.keys.map((key) => change({ ...key }));
    expect(await reasonOf(verifyKeySet({ ...keySet, keys }, { anchors, now }))).toBe('status_invalid');
  });

  it.each<[string, () => Partial<SignKeySetOptions>]>([
    ['one key twice for a purpose', () => ({ keys: [timed('status', next!), timed('status', next!)] })],
    ['too many keys of a purpose', () => ({ keys: Array.from({ length: 9 }, () => timed('status', next!)) })],
    ['no keys', () => ({ keys: [] })],
    ['a key without time', () => ({ keys: [timed('status', next!, NOW, NOW)] })],
    ['no name', () => ({ authority: '' })],
  ])('gets no signature with %s', async (_title, extra) => {
    await expect(make(extra())).rejects.toMatchObject({ code: 'option_invalid' });
  });
});

describe('the anchors that key sets make', () => {
  it('are those that are configured, until one comes', () => {
    const sets = new KeySets({ anchors, clock });
    expect(sets.anchors.list()).toEqual(anchors.list());
    expect([sets.eraOf(NAME), sets.nextUpdateMs(NAME)]).toEqual([undefined, undefined]);
  });

  it('have its keys in the place of those for status and evidence, and beside those for passports', async () => {
    const sets = new KeySets({ anchors, clock });
    await sets.update(await make({ keys: [timed('status', next!), timed('passport', next!)] }));
    expect(keysOf(sets)).toEqual({ passport: ['root', 'next'], status: ['next'], evidence: ['examiner'] });
    expect([sets.eraOf(NAME), sets.nextUpdateMs(NAME)]).toEqual([1, NOW + 90 * DAY_MS]);
    await sets.update(await make({ number: 2, keys: [timed('evidence', old!), timed('passport', authority.keys)] }));
    expect(keysOf(sets)).toEqual({ passport: ['root'], status: ['old'], evidence: ['old'] });
  });

  it('change when the time of a key comes and goes', async () => {
    const sets = new KeySets({ anchors, clock });
    const keys = [
      timed('status', old!, NOW - DAY_MS, NOW + 2_000),
      timed('status', next!, NOW + 1_000, NOW + 3_000),
      timed('passport', next!, NOW + 1_000, NOW + 2_000),
    ];
    await sets.update(await make({ keys }));
    const at = (ms: number) => {
      now = NOW + ms;
      const { passport, status } = keysOf(sets);
      return [passport.join(), status.join()];
    };
    expect([at(0), at(999)]).toEqual([
      ['root', 'old'],
      ['root', 'old'],
    ]);
    expect([at(1_000), at(1_999), at(2_000), at(2_999)]).toEqual([
      ['root,next', 'old,next'],
      ['root,next', 'old,next'],
      ['root', 'next'],
      ['root', 'next'],
    ]);
    // Nobody steps in for a key whose time is over, least of all the one that was replaced.
    expect(at(3_000)).toEqual(['root', '']);
    // A clock that is set back.
    expect(at(1_500)).toEqual(['root,next', 'old,next']);
  });

  it('bring back no key that was replaced when the set runs out', async () => {
    const sets = new KeySets({ anchors, clock });
    const keys = [timed('status', next!, NOW - DAY_MS, NOW + 400 * DAY_MS), timed('passport', next!)];
    await sets.update(await make({ ttlSeconds: 60, keys }));
    now = NOW + 60_000;
    expect(keysOf(sets)).toEqual({ passport: ['root'], status: [], evidence: ['examiner'] });
    await sets.update(await make({ number: 2, keys }));
    expect(keysOf(sets).status).toEqual(['next']);
  });

  it('bring back no key that was replaced when the set runs out and the process is started again', async () => {
    const state = new MemoryNumberState();
    const kept = await make({ number: 2, ttlSeconds: 60 });
    await new KeySets({ anchors, clock, state }).update(kept);
    now = NOW + 60_000;
    const restarted = new KeySets({ anchors, clock, state });
    expect(await reasonOf(restarted.update(kept))).toBe('status_stale');
    await restarted.restore(kept);
    expect(keysOf(restarted).status).toEqual([]);
    expect(await reasonOf(restarted.restore(await make({ number: 3 }, stranger)))).toBe('status_invalid');
    expect(keysOf(restarted).status).toEqual([]);
    await restarted.update(await make({ number: 3 }));
    expect(keysOf(restarted).status).toEqual(['next']);
  });

  it('are no others after a set that is refused', async () => {
    const state = new MemoryNumberState();
    const sets = new KeySets({ anchors, clock, state });
    const second = await make({ number: 2, era: 3 });
    await sets.update(second);
    await sets.update(second);
    const refused: [string, Partial<SignKeySetOptions>][] = [
      ['key_set_rolled_back', { number: 1, era: 3 }],
      ['key_set_rolled_back', { number: 2, era: 3, keys: [timed('status', old!)] }],
      ['key_set_rolled_back', { number: 3, era: 2 }],
      ['status_stale', { number: 4, era: 3, issuedAtMs: NOW - 100 * DAY_MS }],
    ];
    for (const [reason, extra] of refused) expect(await reasonOf(sets.update(await make(extra)))).toBe(reason);
    expect(await reasonOf(sets.update(await make({ number: 9 }, next)))).toBe('status_invalid');
    expect([keysOf(sets).status, sets.eraOf(NAME)]).toEqual([['next'], 3]);
    // After a restart too.
    const restarted = new KeySets({ anchors, clock, state });
    expect(await reasonOf(restarted.update(await make({ number: 1 })))).toBe('key_set_rolled_back');
    expect(keysOf(restarted).status).toEqual(['old']);
  });

  it('believe nothing that could not be remembered', async () => {
    const state = { load: async () => undefined, save: () => Promise.reject(new Error('disk full')) };
    const sets = new KeySets({ anchors, clock, state });
    expect(await reasonOf(sets.update(await make()))).toBe('status_unavailable');
    expect(sets.anchors.list()).toEqual(anchors.list());
  });

  it('share no passport key, also where one authority vouches for the key of another', async () => {
    const other = await Authority.create('other.example');
    const both = await createTrustAnchors([
      { ...authority.options(), statusKeys: [old!.publicKey] },
      other.options({ ceiling: { level: 4 } }),
    ]);
    const sets = new KeySets({ anchors: both, clock });
    const vouching = await make({ keys: [timed('passport', other.keys)] });
    expect(await reasonOf(sets.update(vouching))).toBe('status_invalid');
    expect(await reasonOf(sets.update(await make({ keys: [timed('status', other.keys)] })))).toBe('accepted');
    const theirs = { authority: 'other.example', keys: [timed('passport', next!)] };
    expect(await reasonOf(sets.update(await make(theirs, other.keys)))).toBe('accepted');
    const ours = await make({ number: 2, keys: [timed('passport', next!)] });
    expect(await reasonOf(sets.update(ours))).toBe('status_invalid');
  });

  it('take a key that is no point of the curve for none', async () => {
    const keySet = await signKeySet(
      {
        authority: NAME,
        era: 1,
        number: 1,
        keys: [{ ...timed('status', next!), jwk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }],
        issuedAtMs: now,
      },
      authority.keys.privateKey,
    );
    expect(await reasonOf(new KeySets({ anchors, clock }).update(keySet))).toBe('status_invalid');
  });
});
