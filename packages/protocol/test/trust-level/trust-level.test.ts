import { beforeAll, describe, expect, it } from 'vitest';
import {
  MemoryStatusSource,
  checkStatus,
  createPassport,
  effectiveTrustLevel,
  isTrustLevel,
  staticTrustLevel,
} from '../../src/index.js';
import type { PassportFacts, StatusFacts, StatusOutcome, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import { leastLevel } from '../../src/trust-level/levels.js';
import { Authority, HOUR_MS, NOW, newKeys, verifyAt } from '../passport/world.js';

let authority: Authority;
let anchors: TrustAnchors;
let verified: VerifiedPassport;
let good: StatusOutcome;
let unknown: StatusOutcome;

beforeAll(async () => {
  authority = await Authority.create();
  anchors = await authority.anchors();
  verified = await verifyAt((await authority.issue({ trustLevel: 2, expiresAtMs: NOW + HOUR_MS })).passport, anchors);
  const clock = () => NOW;
  good = await checkStatus(verified, new MemoryStatusSource({ otherwise: 'good', clock }), { now: NOW });
  unknown = await checkStatus(verified, new MemoryStatusSource({ clock }), { now: NOW });
});

describe('the effective level', () => {
  it('is the static one with a fresh good status, 1 without', () => {
    expect(staticTrustLevel(verified)).toBe(2);
    expect(effectiveTrustLevel(verified, good)).toBe(2);
    expect(effectiveTrustLevel(verified, unknown)).toBe(1);
    expect(effectiveTrustLevel(verified, undefined)).toBe(1);
  });

  it('sinks once the status is no longer fresh', () => {
    expect(effectiveTrustLevel(verified, good, NOW + 59_999)).toBe(2);
    expect(effectiveTrustLevel(verified, good, NOW + 60_000)).toBe(1);
  });

  it('is 0 once the passport has expired', () => {
    expect(effectiveTrustLevel(verified, good, NOW + HOUR_MS - 1)).toBe(1);
    expect(effectiveTrustLevel(verified, good, NOW + HOUR_MS)).toBe(0);
    expect(staticTrustLevel(verified, NOW + HOUR_MS - 1)).toBe(2);
    expect(staticTrustLevel(verified, NOW + HOUR_MS)).toBe(0);
    expect(staticTrustLevel(verified, Number.NaN)).toBe(0);
    expect(effectiveTrustLevel(verified, good, Number.NaN)).toBe(0);
  });

  it.each([0, 1, 2, 3, 4] as const)('of a claim of %i without evidence is at most 2', async (trustLevel) => {
    const claim = await verifyAt((await authority.issue({ trustLevel })).passport, anchors);
    const status = await checkStatus(claim, new MemoryStatusSource({ otherwise: 'good', clock: () => NOW }), {
      now: NOW,
    });
    expect(effectiveTrustLevel(claim, status)).toBe(Math.min(trustLevel, 2));
    expect(effectiveTrustLevel(claim, undefined)).toBe(Math.min(trustLevel, 1));
  });

  it('of who vouches for himself is 0', async () => {
    const { publicKey } = await newKeys();
    const self = createPassport({ name: 'me', version: '1', publicKey, trustLevel: 4, issuedAtMs: NOW - 1 });
    const own = await verifyAt(self, anchors);
    const status = await checkStatus(own, new MemoryStatusSource({ otherwise: 'good', clock: () => NOW }), {
      now: NOW,
    });
    expect(status).toMatchObject({ fresh: false, reason: 'status_unavailable' });
    expect(effectiveTrustLevel(own, status)).toBe(0);
    expect(staticTrustLevel(own)).toBe(0);
  });
});

describe('levels are read from nothing that was not verified', () => {
  it('no passport, and no object that looks verified', () => {
    const facts: PassportFacts = { ...verified, ceilingLevel: 4, staticLevel: 4 };
    // @ts-expect-error facts are not verified
    expect(() => staticTrustLevel(facts)).toThrow(TypeError);
    // @ts-expect-error facts are not verified
    expect(() => effectiveTrustLevel(facts, good)).toThrow(TypeError);
    // @ts-expect-error a passport is not verified
    expect(() => staticTrustLevel(verified.passport)).toThrow(TypeError);
    for (const forged of [
      Object.create(verified),
      new Proxy(verified, {}),
      structuredClone({ ...verified, publicKey: undefined, anchor: undefined }),
      null,
      undefined,
      4,
      good,
    ]) {
      expect(() => staticTrustLevel(forged as never)).toThrow(TypeError);
      expect(() => effectiveTrustLevel(forged as never, good)).toThrow(TypeError);
    }
  });

  it('no status that nobody has asked for', () => {
    const facts: StatusFacts = {
      digest: verified.digest,
      fresh: true,
      checkedAtMs: NOW,
      freshUntilMs: Number.POSITIVE_INFINITY,
    };
    // @ts-expect-error facts are not verified
    expect(() => effectiveTrustLevel(verified, facts)).toThrow(TypeError);
    for (const forged of [{ ...good }, Object.create(good), null, true, verified]) {
      expect(() => effectiveTrustLevel(verified, forged as never)).toThrow(TypeError);
    }
  });

  it('no status of another passport', async () => {
    const other = await verifyAt((await authority.issue({ name: 'other' })).passport, anchors);
    expect(() => effectiveTrustLevel(other, good)).toThrow(TypeError);
  });
});

it('there are five levels', () => {
  expect([0, 1, 2, 3, 4].every(isTrustLevel)).toBe(true);
  for (const value of [-1, 5, 0.5, '2', null, undefined, Number.NaN, [2]]) expect(isTrustLevel(value)).toBe(false);
  expect(leastLevel()).toBe(0);
  expect(leastLevel(4, 2, 3)).toBe(2);
});
