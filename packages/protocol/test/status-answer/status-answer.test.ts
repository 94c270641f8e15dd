import { beforeAll, describe, expect, it } from 'vitest';
import { isVerified, signStaple, signStatus, verifySignedStatus, verifyStaple } from '../../src/index.js';
import type { SignStapleOptions, SignStatusOptions, TrustAnchors } from '../../src/index.js';
import { Authority, HOUR_MS, NOW, newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

const DIGEST = 'cd'.repeat(32);
const PASSPORT_ID = `asp_${'a'.repeat(32)}`;
const EXPECTED = { anchor: 'authority.example', passportId: PASSPORT_ID, digest: DIGEST };
const STAPLE: SignStapleOptions = {
  authority: 'authority.example',
  passportId: PASSPORT_ID,
  passportDigest: DIGEST,
  epoch: 3,
  treeHead: { tree_size: 7, root_hash: 'ab'.repeat(32) },
  producedAtMs: NOW,
};
const STATUS: SignStatusOptions = { ...STAPLE, status: 'VALID' };

let clerk: Keys;
let anchors: TrustAnchors;

beforeAll(async () => {
  clerk = await newKeys();
  anchors = await (await Authority.create()).anchors({ statusKeys: [clerk.publicKey] });
});

const status = (extra: Partial<SignStatusOptions> = {}) => signStatus({ ...STATUS, ...extra }, clerk.privateKey);
const staple = (extra: Partial<SignStapleOptions> = {}) => signStaple({ ...STAPLE, ...extra }, clerk.privateKey);

describe('signStatus', () => {
  it('makes what is verified again, in every form that it may come in', async () => {
    const signed = await status();
    for (const source of [signed, JSON.stringify(signed), new TextEncoder().encode(JSON.stringify(signed))]) {
      const verified = await verifySignedStatus(source, { anchors, now: NOW, expected: EXPECTED });
      expect(verified).toMatchObject({
        statement: signed,
        authority: 'authority.example',
        epoch: 3,
        treeHead: { tree_size: 7 },
        producedAtMs: NOW,
        expiresAtMs: NOW + 60_000,
      });
      expect(isVerified(verified, 'signed-status')).toBe(true);
    }
  });

  it('states a revocation', async () => {
    const revocation = { reason: 'key_compromise', revokedAtMs: NOW - HOUR_MS };
    const signed = await status({ status: 'REVOKED', revocation });
    expect(signed).toMatchObject({ reason: 'key_compromise', revoked_at: '2026-03-01T11:00:00.000Z' });
    // However late it is read.
    const later = { anchors, now: NOW + 100 * HOUR_MS, expected: EXPECTED };
    expect((await verifySignedStatus(signed, later)).statement.status).toBe('REVOKED');
  });

  it.each<[string, Partial<SignStatusOptions>]>([
    ['a life of more than 300 s', { ttlSeconds: 301 }],
    ['no life', { ttlSeconds: 0 }],
    ['a revocation without a reason', { status: 'REVOKED' }],
    ['a reason without a revocation', { revocation: { reason: 'r', revokedAtMs: NOW } }],
    ['an unknown passport with a digest', { status: 'UNKNOWN' }],
    ['a valid passport without one', { passportDigest: null }],
    ['an epoch below 0', { epoch: -1 }],
    ['a foreign id', { passportId: 'agent' }],
    ['a root that is none', { treeHead: { tree_size: 1, root_hash: 'x' } }],
  ])('signs nothing that no verifier would accept: %s', async (_name, extra) => {
    let signed = 0;
    const signer = {
      format: 'p1363',
      sign: () => {
        signed += 1;
        return Promise.reject(new Error('was asked to sign'));
      },
    } as const;
    await expect(signStatus({ ...STATUS, ...extra }, signer)).rejects.toMatchObject({ code: 'option_invalid' });
    expect(signed).toBe(0);
  });
});

describe('signStaple', () => {
  it('makes what is verified again, for an hour', async () => {
    const signed = await staple();
    const at = (now: number) => rejectionOf(verifyStaple(signed, { anchors, now, expected: EXPECTED }));
    expect(await at(NOW)).toBeUndefined();
    expect(await at(NOW + HOUR_MS - 1)).toBeUndefined();
    expect(await at(NOW + HOUR_MS)).toBe('status_stale');
  });

  it('signs none for longer', async () => {
    await expect(staple({ ttlSeconds: 3601 })).rejects.toMatchObject({ code: 'option_invalid' });
  });
});

describe('verification', () => {
  it('reads its arguments before it waits', async () => {
    const expected = { ...EXPECTED };
    const draft = { ...(await status()) };
    const pending = verifySignedStatus(draft, { anchors, now: NOW, expected });
    expected.passportId = `asp_${'b'.repeat(32)}`;
    draft.status = 'REVOKED';
    expect((await pending).statement.status).toBe('VALID');
  });

  it('a clock that does not work makes nothing fresh', async () => {
    const options = { anchors, clock: () => Number.NaN, expected: EXPECTED };
    expect(await rejectionOf(verifySignedStatus(await status(), options))).toBe('status_invalid');
  });

  it('an answer too large to be one is refused before it is parsed', async () => {
    const text = JSON.stringify({ ...(await status()), note: 'x'.repeat(20_000) });
    expect(await rejectionOf(verifySignedStatus(text, { anchors, now: NOW, expected: EXPECTED }))).toBe(
      'status_invalid',
    );
  });
});
