import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  MemoryNumberState,
  SignedListStatusSource,
  checkStatus,
  createTrustAnchors,
  signStatusList,
  verifyStatusList,
} from '../../src/index.js';
import type {
  RevokedPassport,
  SignStatusListOptions,
  StatusList,
  NumberState,
  TrustAnchors,
  VerifiedPassport,
} from '../../src/index.js';
import { Authority, DAY_MS, HOUR_MS, NOW, draftOf, newKeys, verifyAt } from '../passport/world.js';
import type { Draft, Keys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

let authority: Authority;
let clerk: Keys;
let anchors: TrustAnchors;
let agent: VerifiedPassport;
let other: VerifiedPassport;
let now = NOW;
const clock = () => now;

beforeAll(async () => {
  authority = await Authority.create();
  clerk = await newKeys();
  anchors = await authority.anchors({ statusKeys: [clerk.publicKey] });
  agent = await verifyAt((await authority.issue({ trustLevel: 2, expiresAtMs: NOW + DAY_MS })).passport, anchors);
  other = await verifyAt((await authority.issue({ trustLevel: 2, expiresAtMs: NOW + DAY_MS })).passport, anchors);
});

beforeEach(() => {
  now = NOW;
});

const entry = (passport: VerifiedPassport, extra: Partial<RevokedPassport> = {}): RevokedPassport => ({
  passport_id: passport.id,
  reason: 'key stolen',
  revoked_at: '2026-03-01T11:00:00Z',
  passport_expires_at: passport.passport.expires_at,
  ...extra,
});

const list = (
  number: number,
  revoked: readonly RevokedPassport[] = [],
  extra: Partial<SignStatusListOptions> = {},
  by = clerk,
): Promise<StatusList> =>
  signStatusList(
    { issuer: 'authority.example', number, epoch: number, revoked, issuedAtMs: now, ...extra },
    by.privateKey,
  );

const ask = (source: SignedListStatusSource, passport = agent) => checkStatus(passport, source, { clock });

describe('a signed list', () => {
  it('answers for every passport of its anchor', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    expect(await ask(source)).toMatchObject({ fresh: false, reason: 'status_unavailable' });
    await source.update(await list(1, [entry(other)]));
    expect(await ask(source)).toMatchObject({ fresh: true, freshUntilMs: NOW + 60_000 });
    expect(await rejectionOf(ask(source, other))).toBe('passport_revoked');
  });

  it('may come as a text or UTF-8', async () => {
    for (const write of [
      JSON.stringify,
      (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2)),
    ]) {
      const source = new SignedListStatusSource({ anchors, clock });
      await source.update(write(await list(1)));
      expect((await ask(source)).fresh).toBe(true);
    }
  });

  it('may have been verified before: then only its time is looked at again', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    const verified = await verifyStatusList(await list(1, [entry(other)], { ttlSeconds: 30 }), { anchors, now });
    now = NOW + 30_000;
    expect(await rejectionOf(source.update(verified))).toBe('status_stale');
    now = NOW;
    await source.update(verified);
    expect(await rejectionOf(ask(source, other))).toBe('passport_revoked');
    // What only looks like one is verified as any other.
    expect(await rejectionOf(source.update({ ...verified }))).toBe('status_invalid');
    expect(await rejectionOf(source.update({ ...verified.list, number: 2 }))).toBe('status_invalid');
  });

  it('grows old', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    await source.update(await list(1, [entry(other)], { ttlSeconds: 30 }));
    now = NOW + 29_999;
    expect((await ask(source)).fresh).toBe(true);
    now = NOW + 30_000;
    expect(await ask(source)).toMatchObject({ fresh: false, reason: 'status_stale' });
    // A revocation does not.
    expect(await rejectionOf(ask(source, other))).toBe('passport_revoked');
  });

  it('may commit to a log', async () => {
    const treeHead = { tree_size: 9, root_hash: 'a'.repeat(64) };
    const verified = await verifyStatusList(await list(1, [], { treeHead }), { anchors, now });
    expect(verified.list.tree_head).toEqual(treeHead);
    expect(verified).toMatchObject({ issuedAtMs: NOW, nextUpdateMs: NOW + HOUR_MS });
    expect(verified.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the entries of a list', () => {
  const ids = (list: StatusList) => list.revoked.map(({ passport_id: id }) => id);

  it('are sorted by whoever signs it, and held to that order by whoever reads it', async () => {
    const entries = [entry(agent), entry(other)];
    const sorted = [agent.id, other.id].sort();
    for (const given of [entries, [...entries].reverse()]) expect(ids(await list(1, given))).toEqual(sorted);
    const draft = draftOf(await list(1, entries));
    draft['revoked'].reverse();
    await expect(verifyStatusList(draft, { anchors, now })).rejects.toMatchObject({ reason: 'status_invalid' });
  });

  it('stay for an hour after the passport has expired, for those whose clock is behind', async () => {
    const expired = (msAgo: number) => [
      entry(agent, { passport_expires_at: new Date(NOW - msAgo).toISOString() }),
      entry(other),
    ];
    expect(ids(await list(1, expired(HOUR_MS - 1)))).toContain(agent.id);
    expect(ids(await list(1, expired(HOUR_MS)))).toEqual([other.id]);
  });
});

describe('lists one after another', () => {
  it('a higher number does not help a list that counts fewer revocations', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    await source.update(await list(2, [], { epoch: 5 }));
    expect(await rejectionOf(source.update(await list(3, [], { epoch: 4 })))).toBe('status_list_rolled_back');
    await source.update(await list(3, [], { epoch: 5 }));
  });

  it('an older one is refused after a newer one', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    const old = await list(1);
    await source.update(await list(2, [entry(agent)]));
    await expect(source.update(old)).rejects.toMatchObject({ code: 'MCPS-007', reason: 'status_list_rolled_back' });
    expect(await rejectionOf(ask(source))).toBe('passport_revoked');
  });

  it('the same one is taken again, another one of its number is not', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    const two = await list(2, [entry(agent)]);
    await source.update(two);
    await source.update(two);
    expect(await rejectionOf(source.update(await list(2)))).toBe('status_list_rolled_back');
  });

  it('the same content signed once more is the same list', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    await source.update(await list(2));
    await source.update(await list(2));
  });

  it('a revocation that a later one has lost still counts, until the passport has expired', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    await source.update(await list(1, [entry(agent)]));
    await source.update(await list(2, []));
    expect(await rejectionOf(ask(source))).toBe('passport_revoked');
    now = NOW + DAY_MS;
    await source.update(await list(3, []));
    const query = {
      passportId: agent.id,
      digest: agent.digest,
      issuer: 'authority.example',
      anchor: 'authority.example',
    };
    expect((await source.check(query)).status).toBe('good');
  });

  it('a restart forgets nothing where the state is kept', async () => {
    const state = new MemoryNumberState();
    const old = await list(1);
    const newer = await list(2, [entry(agent)]);
    await new SignedListStatusSource({ anchors, clock, state }).update(newer);
    const restarted = new SignedListStatusSource({ anchors, clock, state });
    expect(await rejectionOf(restarted.update(old))).toBe('status_list_rolled_back');
    expect((await ask(restarted)).fresh).toBe(false);
    await restarted.update(newer);
    expect(await rejectionOf(ask(restarted))).toBe('passport_revoked');
    // Without the state the older list would have been believed.
    const forgetful = new SignedListStatusSource({ anchors, clock });
    await forgetful.update(old);
    expect((await ask(forgetful)).fresh).toBe(true);
  });

  it('nothing is believed that could not be remembered', async () => {
    const broken: NumberState = {
      load: () => Promise.resolve(undefined),
      save: () => Promise.reject(new Error('disk full')),
    };
    const unreadable: NumberState = {
      load: () => Promise.reject(new Error('disk')),
      save: () => Promise.resolve(),
    };
    for (const state of [broken, unreadable]) {
      const source = new SignedListStatusSource({ anchors, clock, state });
      expect(await rejectionOf(source.update(await list(1)))).toBe('status_unavailable');
      expect((await ask(source)).fresh).toBe(false);
    }
  });

  it('updates at the same time end with the newest', async () => {
    const slow = new MemoryNumberState();
    const state: NumberState = {
      async load(issuer) {
        const mark = await slow.load(issuer);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return mark;
      },
      save: (issuer, mark) => slow.save(issuer, mark),
    };
    const source = new SignedListStatusSource({ anchors, clock, state });
    const lists = await Promise.all([list(3, [entry(agent)]), list(1), list(2)]);
    const outcomes = await Promise.all(lists.map((each) => rejectionOf(source.update(each))));
    expect(outcomes).toEqual([undefined, 'status_list_rolled_back', 'status_list_rolled_back']);
    expect((await slow.load('authority.example'))?.number).toBe(3);
    expect(await rejectionOf(ask(source))).toBe('passport_revoked');
  });

  it('of two anchors do not meet', async () => {
    const second = await Authority.create('second.example');
    const both = await createTrustAnchors([authority.options({ statusKeys: [clerk.publicKey] }), second.options()]);
    const source = new SignedListStatusSource({ anchors: both, clock });
    await source.update(await list(7));
    await source.update(await list(1, [entry(agent)], { issuer: 'second.example' }, second.keys));
    expect((await ask(source)).fresh).toBe(true);
  });
});

describe('lists that are refused', () => {
  const refusal = async (source: object | string) =>
    rejectionOf(new SignedListStatusSource({ anchors, clock }).update(source));

  it('by an issuer that nobody configured', async () => {
    expect(await refusal(await list(1, [], { issuer: 'nobody.example' }))).toBe('status_invalid');
  });

  it('by another key: a stranger\u2019s, the anchor\u2019s passport key, the passport\u2019s own', async () => {
    expect(await refusal(await list(1, [], {}, await newKeys()))).toBe('status_invalid');
    expect(await refusal(await list(1, [], {}, authority.keys))).toBe('status_invalid');
    expect(await refusal(await list(1))).toBeUndefined();
  });

  it('from the future', async () => {
    expect(await refusal(await list(1, [], { issuedAtMs: NOW + 60_001 }))).toBe('status_invalid');
    expect(await refusal(await list(1, [], { issuedAtMs: NOW + 60_000 }))).toBeUndefined();
  });

  it('past the next update', async () => {
    const early = await list(1, [], { ttlSeconds: 10 });
    now = NOW + 9_999;
    expect(await refusal(early)).toBeUndefined();
    now = NOW + 10_000;
    expect(await refusal(early)).toBe('status_stale');
  });

  it.each<[string, (draft: Draft) => unknown]>([
    ['one revocation taken out', (d) => (d['revoked'] = [])],
    ['another number', (d) => (d['number'] = 9)],
    ['another epoch', (d) => (d['epoch'] = 9)],
    ['a later update', (d) => (d['next_update'] = '2027-01-01T00:00:00Z')],
    ['a log', (d) => (d['tree_head'] = { tree_size: 1, root_hash: 'a'.repeat(64) })],
  ])('changed: %s', async (_name, change) => {
    const draft = draftOf(await list(1, [entry(agent)]));
    change(draft);
    expect(await refusal(draft)).toBe('status_invalid');
  });

  it.each<[string, (draft: Draft) => unknown]>([
    ['more members', (d) => (d['extra'] = 1)],
    ['no number', (d) => delete d['number']],
    ['a negative number', (d) => (d['number'] = -1)],
    ['a number beyond 2^53', (d) => (d['number'] = 2 ** 53)],
    ['no epoch', (d) => delete d['epoch']],
    ['a negative epoch', (d) => (d['epoch'] = -1)],
    ['a passport twice', (d) => d['revoked'].push(d['revoked'][0])],
    ['no list', (d) => (d['revoked'] = {})],
    ['an entry without an end', (d) => delete d['revoked'][0].passport_expires_at],
    ['an entry with a foreign id', (d) => (d['revoked'][0].passport_id = 'agent')],
    ['an entry with more members', (d) => (d['revoked'][0].extra = 1)],
    ['an update before its issue', (d) => (d['next_update'] = d['issued_at'])],
    ['a tree head that is none', (d) => (d['tree_head'] = {})],
    ['no signature', (d) => delete d['signature']],
  ])('malformed: %s', async (_name, change) => {
    const draft = draftOf(await list(1, [entry(agent)]));
    change(draft);
    expect(await refusal(draft)).toBe('status_invalid');
  });

  it.each(['', 'null', '[]', '{', '{}{}'])('no list: %j', async (text) => {
    expect(await refusal(text)).toBe('status_invalid');
  });

  it('and leave what was known as it was', async () => {
    const source = new SignedListStatusSource({ anchors, clock });
    await source.update(await list(1, [entry(agent)]));
    await rejectionOf(source.update(await list(2, [entry(other)], {}, await newKeys())));
    expect((await ask(source, other)).fresh).toBe(true);
    expect(await rejectionOf(ask(source))).toBe('passport_revoked');
    await source.update(await list(2));
  });
});

describe('signStatusList refuses what no verifier would read', () => {
  it.each<[string, Partial<SignStatusListOptions>]>([
    ['a number that is none', { number: 1.5 }],
    ['no epoch', { epoch: Number.NaN }],
    ['no time to live', { ttlSeconds: 0 }],
    [
      'a foreign id',
      {
        revoked: [
          {
            passport_id: 'x',
            reason: 'r',
            revoked_at: '2026-01-01T00:00:00Z',
            passport_expires_at: '2027-01-01T00:00:00Z',
          },
        ],
      },
    ],
    [
      'an empty reason',
      {
        revoked: [
          {
            passport_id: `asp_${'0'.repeat(32)}`,
            reason: '',
            revoked_at: '2026-01-01T00:00:00Z',
            passport_expires_at: '2027-01-01T00:00:00Z',
          },
        ],
      },
    ],
  ])('%s', async (_name, extra) => {
    await expect(list(1, [], extra)).rejects.toMatchObject({ code: 'option_invalid' });
  });
});
