import { describe, expect, it } from 'vitest';
import { KnownRevocations, resolveSecurity } from '../../src/index.js';
import type { SecurityOptions, StatusAnswer, StatusQuery, StatusSource } from '../../src/index.js';
import { INITIALIZE, Pair, TestAuthority, TestClock, call, methods, reasons } from './harness.js';

/** A source that says what the test wants, and what it was asked. */
class TestSource implements StatusSource {
  answer: StatusAnswer | Error = new Error('nobody answers');
  readonly queries: StatusQuery[] = [];

  async check(query: StatusQuery): Promise<StatusAnswer> {
    this.queries.push(query);
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

async function world(options: Partial<SecurityOptions> = {}, level: 1 | 2 | 3 = 2) {
  const clock = new TestClock();
  const authority = await TestAuthority.create(clock);
  const source = new TestSource();
  const clientIdentity = await authority.issue('agent', level);
  const pair = await Pair.create({ authority, clientIdentity, server: { statusSource: source, ...options } });
  const good = (ageMs: number): StatusAnswer => {
    const producedAtMs = clock.now - ageMs;
    return { status: 'good', producedAtMs, expiresAtMs: producedAtMs + 60_000 };
  };
  return { clock, pair, source, good };
}

const levelOf = (pair: Pair) => pair.server.delivered.at(-1)?.identity?.level;

describe('a peer whose status cannot be had', () => {
  it.each([2, 3] as const)('is refused where level 2 is asked for, whatever its own: %i', async (level) => {
    const { pair } = await world({ minTrustLevel: 2 }, level);
    await pair.send('client', INITIALIZE);
    expect([methods(pair.server), reasons(pair.server)]).toEqual([[], ['status_unavailable']]);
  });

  it('counts for level 1 where that is enough', async () => {
    const { pair, source, good } = await world();
    await pair.send('client', INITIALIZE);
    expect([methods(pair.server), levelOf(pair)]).toEqual([['initialize'], 1]);
    source.answer = good(0);
    const other = await world();
    other.source.answer = other.good(0);
    await other.pair.send('client', INITIALIZE);
    expect(levelOf(other.pair)).toBe(2);
  });

  it('is refused where the policy of its level says so, and one of another level is not', async () => {
    const strict = await world({ statusPolicies: { 2: 'fail-closed' } });
    await strict.pair.send('client', INITIALIZE);
    expect(reasons(strict.pair.server)).toEqual(['status_unavailable']);
    const identified = await world({ statusPolicies: { 2: 'fail-closed' } }, 1);
    await identified.pair.send('client', INITIALIZE);
    expect(methods(identified.pair.server)).toEqual(['initialize']);
  });

  it('counts by its last good answer for as long as the policy says, and is refused then', async () => {
    const statusPolicies = { 2: { mode: 'fail-open-cached', maxAgeMs: 600_000 } } as const;
    for (const minTrustLevel of [1, 2] as const) {
      const { pair, source, good } = await world({ minTrustLevel, statusPolicies });
      source.answer = good(0);
      await pair.initialize();
      source.answer = good(599_999);
      await pair.send('client', call(1));
      expect([methods(pair.server).at(-1), levelOf(pair)]).toEqual(['tools/call', 2]);
      source.answer = good(600_000);
      await pair.send('client', call(2));
      expect(reasons(pair.server)).toEqual(['status_stale']);
      source.answer = new Error('nobody answers');
      await pair.send('client', call(3));
      expect(reasons(pair.server)).toEqual(['status_stale', 'status_unavailable']);
    }
  });

  it('is refused under every policy once it is known as revoked', async () => {
    const policies = ['fail-open', { mode: 'fail-open-cached', maxAgeMs: 2 ** 40 }] as const;
    for (const policy of policies) {
      const { pair, source, good } = await world({ statusPolicies: { 2: policy } });
      source.answer = good(0);
      await pair.initialize();
      source.answer = { ...good(10_000_000), status: 'revoked' };
      await pair.send('client', call(1));
      source.answer = good(0);
      await pair.send('client', call(2));
      expect(reasons(pair.server)).toEqual(['passport_revoked', 'passport_revoked']);
    }
  });
});

describe('a revocation that is known', () => {
  it('refuses where nobody is asked at all', async () => {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const revocations = new KnownRevocations({ clock: clock.read });
    const clientIdentity = await authority.issue('agent');
    const pair = await Pair.create({ authority, clientIdentity, server: { revocations } });
    await pair.initialize();
    revocations.add(authority.issuer, clientIdentity.passport.passport_id, clock.now + 3_600_000);
    await pair.send('client', call(1));
    expect(reasons(pair.server)).toEqual(['passport_revoked']);
  });
});

describe('status policies are checked', () => {
  it.each<[string, Partial<SecurityOptions>, string]>([
    ['without a source', { statusSource: undefined as never, statusPolicies: {} }, 'option_missing'],
    ['for level 0', { statusPolicies: { 0: 'fail-open' } as never }, 'option_invalid'],
    ['for level 5', { statusPolicies: { 5: 'fail-open' } as never }, 'option_invalid'],
    ['that are none', { statusPolicies: { 2: 'fail-safe' as never } }, 'option_invalid'],
    ['without an age', { statusPolicies: { 2: { mode: 'fail-open-cached' } as never } }, 'option_invalid'],
    ['of an age that is none', { statusPolicies: { 2: { mode: 'fail-open-cached', maxAgeMs: -1 } } }, 'option_invalid'],
    ['that let nobody in', { minTrustLevel: 2, statusPolicies: { 3: 'fail-open' } }, 'option_invalid'],
  ])('%s', async (_title, options, code) => {
    const authority = await TestAuthority.create(new TestClock());
    const { passport, privateKey } = await authority.issue('server');
    const base = { passport, privateKey, trustAnchors: [authority.anchor], clock: authority.clock.read };
    const statusSource = new TestSource();
    await expect(resolveSecurity('server', { ...base, statusSource, ...options })).rejects.toMatchObject({ code });
  });
});
