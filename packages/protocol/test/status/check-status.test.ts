import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  KnownRevocations,
  MemoryStatusSource,
  checkStatus,
  combineStatusSources,
  passportDigest,
} from '../../src/index.js';
import type { StatusAnswer, StatusQuery, StatusSource, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import { Authority, DAY_MS, NOW, issueBelow, right, verifyAt } from '../passport/world.js';
import type { Holder } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

let anchors: TrustAnchors;
let department: Holder;
let team: Holder;
let agent: Holder;
let verified: VerifiedPassport;
let now = NOW;
const clock = () => now;

beforeAll(async () => {
  const authority = await Authority.create();
  anchors = await authority.anchors();
  department = await authority.issue({ trustLevel: 2, issuing: right(1), expiresAtMs: NOW + DAY_MS });
  team = await issueBelow(department, { trustLevel: 2, issuing: right(0) });
  agent = await issueBelow(team, { trustLevel: 2 });
  verified = await verifyAt(agent.passport, anchors);
});

beforeEach(() => {
  now = NOW;
});

const subject = ({ passport }: Holder) => ({ anchor: 'authority.example', passportId: passport.passport_id });
const answering = (answer: unknown): StatusSource => ({ check: () => Promise.resolve(answer as StatusAnswer) });
const good = (extra: Partial<StatusAnswer> = {}): StatusAnswer => ({
  status: 'good',
  producedAtMs: NOW,
  expiresAtMs: NOW + 120_000,
  ...extra,
});
const revoked = (extra: Partial<StatusAnswer> = {}): StatusAnswer => ({ ...good(extra), status: 'revoked' });

describe('who is asked about', () => {
  it('the passport and every issuer, by id, digest, issuer and anchor', async () => {
    const queries: StatusQuery[] = [];
    const source: StatusSource = {
      check(query) {
        queries.push(query);
        return Promise.resolve(good());
      },
    };
    await checkStatus(verified, source, { now: NOW });
    const expected = await Promise.all(
      [agent, team, department].map(async ({ passport }) => ({
        passportId: passport.passport_id,
        digest: await passportDigest(passport),
        issuer: passport.issuer,
        anchor: 'authority.example',
        ...(passport === agent.passport
          ? {}
          : { below: { passportId: agent.passport.passport_id, digest: verified.digest } }),
      })),
    );
    expect(queries).toEqual(expected);
  });

  it('with what the peer presented for its own passport, and its place in compact lists', async () => {
    const { passport } = await issueBelow(team, { name: 'listed', statusIndex: 7 });
    const queries: StatusQuery[] = [];
    const check = (query: StatusQuery) => {
      queries.push(query);
      return Promise.resolve(good());
    };
    const staple = { anything: 'unverified' };
    await checkStatus(await verifyAt(passport, anchors), { check }, { now: NOW, staple });
    expect(queries.map((query) => [query.statusIndex, query.staple])).toEqual([
      [7, staple],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('all at once', async () => {
    let waiting = 0;
    let release: (() => void) | undefined;
    const together = new Promise<void>((resolve) => (release = resolve));
    const source: StatusSource = {
      async check() {
        waiting += 1;
        if (waiting === 3) release?.();
        await together;
        return good();
      },
    };
    expect((await checkStatus(verified, source, { now: NOW })).fresh).toBe(true);
  });

  it('nobody, below no anchor', async () => {
    const unknown = await verifyAt(agent.passport, await (await Authority.create('other.example')).anchors());
    const check = vi.fn(() => Promise.resolve(good()));
    expect(await checkStatus(unknown, { check }, { now: NOW })).toMatchObject({
      fresh: false,
      reason: 'status_unavailable',
    });
    expect(check).not.toHaveBeenCalled();
  });

  it('nothing but verified passports', async () => {
    // @ts-expect-error a copy is not verified
    await expect(checkStatus({ ...verified }, answering(good()))).rejects.toBeInstanceOf(TypeError);
    await expect(checkStatus(agent.passport as never, answering(good()))).rejects.toBeInstanceOf(TypeError);
  });
});

describe('an answer that is too old', () => {
  const old = (ageMs: number, extra: Partial<StatusAnswer> = {}) =>
    good({ producedAtMs: NOW - ageMs, expiresAtMs: NOW - ageMs + 60_000, ...extra });
  const outcome = (answer: unknown) => checkStatus(verified, answering(answer), { now: NOW, staleMaxAgeMs: 600_000 });

  it('counts for so long and no longer, where that is asked for, and the outcome says so', async () => {
    expect(await outcome(old(599_999))).toEqual({
      digest: verified.digest,
      fresh: true,
      isStale: true,
      checkedAtMs: NOW,
      freshUntilMs: NOW + 1,
    });
    expect(await outcome(old(600_000))).toMatchObject({ fresh: false, reason: 'status_stale' });
    expect(await outcome(old(10))).not.toHaveProperty('isStale');
  });

  it('is no answer otherwise, nor is one that was never good', async () => {
    expect(await outcome(old(300_000, { status: 'unknown' }))).toMatchObject({ reason: 'status_unavailable' });
    expect(await outcome(undefined)).toMatchObject({ fresh: false, reason: 'status_unavailable' });
    expect(await outcome(good({ producedAtMs: NOW + 60_001, expiresAtMs: NOW + 120_000 }))).toMatchObject({
      reason: 'status_invalid',
    });
    expect(await rejectionOf(outcome(old(300_000, { status: 'revoked' })))).toBe('passport_revoked');
    expect(await checkStatus(verified, answering(old(300_000)), { now: NOW })).toMatchObject({ fresh: false });
  });

  it('of an issuer makes the whole outcome one of old answers', async () => {
    const source: StatusSource = {
      check: async ({ passportId }) => (passportId === team.passport.passport_id ? old(100_000) : good()),
    };
    const options = { now: NOW, staleMaxAgeMs: 600_000 };
    expect(await checkStatus(verified, source, options)).toMatchObject({
      fresh: true,
      isStale: true,
      freshUntilMs: NOW + 60_000,
    });
  });
});

describe('what an answer is worth', () => {
  const outcome = (answer: unknown, options = {}) => checkStatus(verified, answering(answer), { now: NOW, ...options });

  it('good until it is too old or has expired', async () => {
    expect(await outcome(good())).toEqual({
      digest: verified.digest,
      fresh: true,
      checkedAtMs: NOW,
      freshUntilMs: NOW + 60_000,
    });
    expect((await outcome(good({ expiresAtMs: NOW + 1 }))).freshUntilMs).toBe(NOW + 1);
    expect((await outcome(good({ producedAtMs: NOW - 59_999 }))).freshUntilMs).toBe(NOW + 1);
    expect((await outcome(good(), { maxAgeMs: 5 })).freshUntilMs).toBe(NOW + 5);
  });

  it.each([
    ['too old', good({ producedAtMs: NOW - 60_000 }), 'status_stale'],
    ['expired', good({ producedAtMs: NOW - 10, expiresAtMs: NOW }), 'status_stale'],
    ['from the future', good({ producedAtMs: NOW + 60_001 }), 'status_invalid'],
    ['expired before it was made', good({ expiresAtMs: NOW - 1 }), 'status_invalid'],
    ['unknown', { ...good(), status: 'unknown' }, 'status_unavailable'],
    ['of no known kind', { ...good(), status: 'fine' }, 'status_invalid'],
    ['without a time', { status: 'good' }, 'status_invalid'],
    ['with a time that is no number', good({ producedAtMs: 'now' as never }), 'status_invalid'],
    ['with a time that is NaN', good({ expiresAtMs: Number.NaN }), 'status_invalid'],
    ['for ever', good({ expiresAtMs: Number.POSITIVE_INFINITY }), 'status_invalid'],
    ['no object', 'good', 'status_invalid'],
    ['a list', [good()], 'status_invalid'],
    ['null', null, 'status_invalid'],
    ['nothing', undefined, 'status_unavailable'],
    ['inherited', Object.create(good()), 'status_invalid'],
  ])('not fresh when %s', async (_name, answer, reason) => {
    expect(await outcome(answer)).toEqual({
      digest: verified.digest,
      fresh: false,
      reason,
      checkedAtMs: NOW,
      freshUntilMs: NOW,
    });
  });

  it('an answer a little ahead of our clock ages from now on', async () => {
    expect(await outcome(good({ producedAtMs: NOW + 60_000 }))).toMatchObject({
      fresh: true,
      freshUntilMs: NOW + 60_000,
    });
  });

  it.each([
    ['now', revoked()],
    ['long ago', revoked({ producedAtMs: 0, expiresAtMs: 1 })],
    ['in the future', revoked({ producedAtMs: NOW + DAY_MS })],
    ['at no time', { status: 'revoked' }],
  ])('revoked, whenever that was said: %s', async (_name, answer) => {
    expect(await rejectionOf(outcome(answer))).toBe('passport_revoked');
    await expect(outcome(answer)).rejects.toMatchObject({ code: 'MCPS-003', stage: 'revocation' });
  });
});

describe('sources that fail', () => {
  it.each<[string, StatusSource['check']]>([
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['is silent', () => new Promise(() => undefined)],
    ['answers too late', () => new Promise((resolve) => setTimeout(() => resolve(good()), 200))],
  ])('one that %s knows nothing', async (_name, check) => {
    const outcome = await checkStatus(verified, { check }, { now: NOW, timeoutMs: 20 });
    expect(outcome).toMatchObject({ fresh: false, reason: 'status_unavailable' });
  });

  it('one that is silent is told when nobody waits any more', async () => {
    const signals: AbortSignal[] = [];
    const source: StatusSource = {
      check(_query, { signal }) {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    };
    await checkStatus(verified, source, { now: NOW, timeoutMs: 10 });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
  });

  it('one that fails for an issuer only leaves the whole not fresh', async () => {
    const source: StatusSource = {
      check: ({ passportId }) =>
        passportId === department.passport.passport_id ? Promise.reject(new Error('down')) : Promise.resolve(good()),
    };
    expect(await checkStatus(verified, source, { now: NOW })).toMatchObject({
      fresh: false,
      reason: 'status_unavailable',
    });
  });

  it('time passes while waiting', async () => {
    const source: StatusSource = {
      check() {
        now = NOW + 60_000;
        return Promise.resolve(good());
      },
    };
    expect(await checkStatus(verified, source, { clock })).toMatchObject({
      fresh: false,
      reason: 'status_stale',
      checkedAtMs: NOW + 60_000,
    });
  });
});

describe('revocation', () => {
  it('of an issuer anywhere above cuts off everybody below', async () => {
    for (const issuer of [team, department]) {
      const source = new MemoryStatusSource({ otherwise: 'good', clock });
      expect((await checkStatus(verified, source, { clock })).fresh).toBe(true);
      source.revoke(subject(issuer));
      await expect(checkStatus(verified, source, { clock })).rejects.toMatchObject({
        code: 'MCPS-003',
        reason: 'issuer_revoked',
      });
    }
  });

  it('of the passport itself is told first', async () => {
    const source = new MemoryStatusSource({ otherwise: 'good', clock });
    source.revoke(subject(department));
    source.revoke(subject(agent));
    expect(await rejectionOf(checkStatus(verified, source, { clock }))).toBe('passport_revoked');
  });

  it('is found though another question stays without an answer', async () => {
    const source: StatusSource = {
      check: ({ passportId }) =>
        passportId === team.passport.passport_id ? Promise.resolve(revoked()) : new Promise(() => undefined),
    };
    expect(await rejectionOf(checkStatus(verified, source, { now: NOW, timeoutMs: 10 }))).toBe('issuer_revoked');
  });

  it('is of one anchor: the same id below another is not meant', async () => {
    const source = new MemoryStatusSource({ otherwise: 'good', clock });
    source.revoke({ anchor: 'other.example', passportId: agent.passport.passport_id });
    expect((await checkStatus(verified, source, { clock })).fresh).toBe(true);
  });
});

describe('known revocations', () => {
  it('beat every good answer that comes later', async () => {
    const revocations = new KnownRevocations({ clock });
    expect(await rejectionOf(checkStatus(verified, answering(revoked()), { clock, revocations }))).toBe(
      'passport_revoked',
    );
    const check = vi.fn(() => Promise.resolve(good()));
    expect(await rejectionOf(checkStatus(verified, { check }, { clock, revocations }))).toBe('passport_revoked');
    expect(check).not.toHaveBeenCalled();
    // Without the memory the later answer would win.
    expect((await checkStatus(verified, { check }, { clock })).fresh).toBe(true);
  });

  it('of an issuer refuse its other descendants', async () => {
    const revocations = new KnownRevocations({ clock });
    const source = new MemoryStatusSource({ otherwise: 'good', clock });
    source.revoke(subject(team));
    expect(await rejectionOf(checkStatus(verified, source, { clock, revocations }))).toBe('issuer_revoked');
    const sibling = await verifyAt((await issueBelow(team, { name: 'sibling' })).passport, anchors);
    expect(await rejectionOf(checkStatus(sibling, answering(good()), { clock, revocations }))).toBe('issuer_revoked');
  });

  it('that come while an answer is on its way count', async () => {
    const revocations = new KnownRevocations({ clock });
    const source: StatusSource = {
      check() {
        revocations.add('authority.example', team.passport.passport_id, NOW + DAY_MS);
        return Promise.resolve(good());
      },
    };
    expect(await rejectionOf(checkStatus(verified, source, { clock, revocations }))).toBe('issuer_revoked');
  });

  it('are told to whoever listens, each once and at once', () => {
    const revocations = new KnownRevocations({ clock, maxEntries: 2 });
    const heard: unknown[] = [];
    revocations.onAdded(() => {
      throw new Error('one listener fails');
    });
    const end = revocations.onAdded(({ anchor, passportId, untilMs }) =>
      heard.push([anchor, passportId, untilMs, revocations.has(anchor, passportId)]),
    );
    revocations.add('a', 'one', NOW + 1000);
    revocations.add('a', 'one', NOW + 2000);
    revocations.add('b', 'one', NOW + 1000);
    // There is no room for it, and its sessions end all the same.
    revocations.add('a', 'two', NOW + 1000);
    end();
    revocations.add('a', 'three', NOW + 1000);
    expect(heard).toEqual([
      ['a', 'one', NOW + 1000, true],
      ['b', 'one', NOW + 1000, true],
      ['a', 'two', NOW + 1000, false],
    ]);
  });

  it('are bounded: when full, nobody is vouched for until what was lost has expired', async () => {
    const revocations = new KnownRevocations({ clock, maxEntries: 2 });
    revocations.add('a', 'one', NOW + 10);
    revocations.add('a', 'two', NOW + 1000);
    expect(revocations.isComplete).toBe(true);
    revocations.add('a', 'three', NOW + 500);
    expect(revocations.has('a', 'three')).toBe(false);
    expect(revocations.isComplete).toBe(false);
    expect(await checkStatus(verified, answering(good()), { clock, revocations })).toMatchObject({
      fresh: false,
      reason: 'status_unavailable',
    });
    now = NOW + 10;
    revocations.add('a', 'four', NOW + 1000);
    expect([revocations.has('a', 'one'), revocations.has('a', 'two'), revocations.has('a', 'four')]).toEqual([
      false,
      true,
      true,
    ]);
    expect(revocations.isComplete).toBe(false);
    now = NOW + 500;
    expect(revocations.isComplete).toBe(true);
    expect((await checkStatus(verified, answering(good({ producedAtMs: now })), { clock, revocations })).fresh).toBe(
      true,
    );
  });

  it('keep the later end of two', () => {
    const revocations = new KnownRevocations({ clock, maxEntries: 1 });
    revocations.add('a', 'one', NOW + 1000);
    revocations.add('a', 'one', NOW + 10);
    now = NOW + 500;
    revocations.add('a', 'two', NOW + 2000);
    expect([revocations.has('a', 'one'), revocations.has('a', 'two')]).toEqual([true, false]);
  });

  it.each([0, -1, 0.5])('of a size of %s are refused', (maxEntries) => {
    expect(() => new KnownRevocations({ maxEntries })).toThrow(expect.objectContaining({ code: 'option_invalid' }));
  });
});

describe('the source in memory', () => {
  const statusOf = async (source: StatusSource, holder = agent) => {
    const query = { passportId: holder.passport.passport_id, digest: '', issuer: '', anchor: 'authority.example' };
    return source.check(query, { signal: new AbortController().signal });
  };

  it('knows nothing until told', async () => {
    expect((await statusOf(new MemoryStatusSource())).status).toBe('unknown');
    expect((await statusOf(new MemoryStatusSource({ otherwise: 'good' }))).status).toBe('good');
  });

  it('never takes a revocation back', async () => {
    const source = new MemoryStatusSource({ clock });
    expect(source.set(subject(agent), 'good')).toBe(true);
    expect((await statusOf(source)).status).toBe('good');
    source.revoke(subject(agent), { reason: 'key stolen', untilMs: NOW + 1000 });
    expect(source.set(subject(agent), 'good')).toBe(false);
    expect(source.set(subject(agent), 'unknown')).toBe(false);
    expect(await statusOf(source)).toEqual({
      status: 'revoked',
      producedAtMs: NOW,
      expiresAtMs: NOW + 60_000,
      reason: 'key stolen',
    });
    source.revoke(subject(agent), { untilMs: NOW + 1 });
    now = NOW + 999;
    expect((await statusOf(source)).status).toBe('revoked');
    now = NOW + 1000;
    expect((await statusOf(source)).status).toBe('unknown');
    expect(source.set(subject(agent), 'good')).toBe(true);
    expect(source.set(subject(agent), 'unknown')).toBe(true);
    expect((await statusOf(source)).status).toBe('unknown');
  });

  it('is bounded and forgets nothing', () => {
    const source = new MemoryStatusSource({ clock, maxEntries: 1 });
    source.revoke(subject(agent), { untilMs: NOW + 10 });
    expect(() => source.set(subject(team), 'good')).toThrow(expect.objectContaining({ code: 'state_unavailable' }));
    expect(() => source.revoke(subject(team))).toThrow(expect.objectContaining({ code: 'state_unavailable' }));
    now = NOW + 10;
    source.revoke(subject(team));
  });
});

describe('several sources', () => {
  const silent: StatusSource = { check: () => new Promise(() => undefined) };
  const failing: StatusSource = { check: () => Promise.reject(new Error('down')) };
  const throwing: StatusSource = {
    check() {
      throw new Error('down');
    },
  };
  const outcome = (...sources: StatusSource[]) =>
    checkStatus(verified, combineStatusSources(sources), { now: NOW, timeoutMs: 20 });

  it('one that says revoked outweighs all others, whatever becomes of them', async () => {
    for (const other of [
      answering(good()),
      silent,
      failing,
      throwing,
      answering(null),
      answering({ status: 'unknown' }),
    ]) {
      expect(await rejectionOf(outcome(other, answering(revoked())))).toBe('passport_revoked');
      expect(await rejectionOf(outcome(answering(revoked()), other))).toBe('passport_revoked');
    }
  });

  it('one that knows makes up for those that do not', async () => {
    for (const other of [failing, throwing, answering(null), answering({ status: 'unknown' })]) {
      expect((await outcome(other, answering(good()))).fresh).toBe(true);
    }
  });

  it('a silent one may know of a revocation, so it is waited for', async () => {
    expect((await outcome(silent, answering(good()))).fresh).toBe(false);
  });

  it('the latest good answer is given', async () => {
    const stale = good({ producedAtMs: NOW - 100_000 });
    expect((await outcome(answering(stale), answering(good()))).fresh).toBe(true);
    expect((await outcome(answering(good()), answering(stale))).fresh).toBe(true);
  });

  it('none at all knows nothing', async () => {
    expect(await outcome()).toMatchObject({ fresh: false, reason: 'status_unavailable' });
  });
});
