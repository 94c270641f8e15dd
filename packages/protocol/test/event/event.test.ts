import { beforeAll, describe, expect, it } from 'vitest';
import { isVerified, signEvent, verifyEvent } from '../../src/index.js';
import type { SignEventOptions, TrustAnchors } from '../../src/index.js';
import { Authority, DAY_MS, NOW, newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';

const REVOCATION = {
  passport_id: 'asp_0123456789abcdef0123456789abcdef',
  reason: 'key_compromise',
  revoked_at: new Date(NOW).toISOString(),
  passport_expires_at: new Date(NOW + DAY_MS).toISOString(),
};
const HEARTBEAT: SignEventOptions = {
  authority: 'authority.example',
  era: 2,
  epoch: 7,
  type: 'heartbeat',
  listNumber: 12,
  producedAtMs: NOW,
};
const REVOKED: SignEventOptions = { ...HEARTBEAT, type: 'revocation', revocation: REVOCATION };

let clerk: Keys;
let authority: Authority;
let anchors: TrustAnchors;

beforeAll(async () => {
  clerk = await newKeys();
  authority = await Authority.create();
  anchors = await authority.anchors({ statusKeys: [clerk.publicKey] });
});

const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'accepted',
    (error: unknown) => (error as { reason: string }).reason,
  );

describe('an event', () => {
  it.each([HEARTBEAT, REVOKED, { ...HEARTBEAT, type: 'key-set' as const }, { ...HEARTBEAT, epoch: 0 }])(
    'is verified as it was signed: $type, $epoch',
    async (options) => {
      const event = await signEvent(options, clerk.privateKey);
      const verified = await verifyEvent(JSON.stringify(event), { anchors, now: NOW });
      expect(verified).toEqual({ event, authority: 'authority.example', producedAtMs: NOW });
      expect(event.id).toBe(`2.${options.epoch}`);
      expect(event.revocation).toEqual(options.revocation);
      expect(isVerified(verified, 'event')).toBe(true);
    },
  );

  it('is not from the future, but a revocation counts all the same', async () => {
    const options = { anchors, now: NOW };
    const signed = (event: SignEventOptions, aheadMs: number) =>
      signEvent({ ...event, producedAtMs: NOW + aheadMs }, clerk.privateKey);
    expect(await reasonOf(verifyEvent(await signed(HEARTBEAT, 60_000), options))).toBe('accepted');
    expect(await reasonOf(verifyEvent(await signed(HEARTBEAT, 60_001), options))).toBe('status_invalid');
    expect(await reasonOf(verifyEvent(await signed(REVOKED, 60_001), options))).toBe('accepted');
    expect(await reasonOf(verifyEvent(await signed(HEARTBEAT, 0), { anchors, now: Number.NaN }))).toBe(
      'status_invalid',
    );
  });

  it('is signed by a status key of the authority that it names', async () => {
    for (const key of [(await newKeys()).privateKey, authority.keys.privateKey]) {
      const event = await signEvent(REVOKED, key);
      expect(await reasonOf(verifyEvent(event, { anchors, now: NOW }))).toBe('status_invalid');
    }
    const elsewhere = await signEvent({ ...REVOKED, authority: 'other.example' }, clerk.privateKey);
    expect(await reasonOf(verifyEvent(elsewhere, { anchors, now: NOW }))).toBe('status_invalid');
  });

  it('is refused whatever is changed', async () => {
    const event = await signEvent(REVOKED, clerk.privateKey);
    const changes: Record<string, unknown>[] = [
      { authority: 'Authority.example' },
      { era: 3, id: '3.7' },
      { epoch: 8, id: '2.8' },
      { produced_at: new Date(NOW - 1).toISOString() },
      { list_number: 13 },
      { revocation: { ...REVOCATION, passport_id: 'asp_00000000000000000000000000000000' } },
      { revocation: { ...REVOCATION, passport_expires_at: new Date(NOW).toISOString() } },
      { revocation: { ...REVOCATION, reason: 'superseded' } },
    ];
    for (const change of changes)
      expect(await reasonOf(verifyEvent({ ...event, ...change }, { anchors, now: NOW })), JSON.stringify(change)).toBe(
        'status_invalid',
      );
  });

  it.each<[string, Record<string, unknown>]>([
    ['another member', { more: 1 }],
    ['another type', { type: 'rotation' }],
    ['no era', { era: undefined }],
    ['era 0', { era: 0 }],
    ['half an epoch', { epoch: 0.5 }],
    ['an id of another place', { id: '2.8' }],
    ['an id of another era', { id: '1.7' }],
    ['an id that is a number', { id: 2.7 }],
    ['a list below zero', { list_number: -1 }],
    ['another spelling of time', { produced_at: '2026-01-01' }],
    ['no signature', { signature: '' }],
    ['a revocation with another member', { revocation: { ...REVOCATION, by: 'x' } }],
    ['a revocation of nobody', { revocation: { ...REVOCATION, passport_id: 'agent' } }],
    ['a revocation that is a text', { revocation: 'all' }],
  ])('has a shape: %s', async (_title, change) => {
    const event = await signEvent(REVOKED, clerk.privateKey);
    expect(await reasonOf(verifyEvent({ ...event, ...change }, { anchors, now: NOW }))).toBe('status_invalid');
  });

  it.each<[string, SignEventOptions]>([
    ['a revocation that names nobody', { ...HEARTBEAT, type: 'revocation' }],
    ['a heartbeat that names somebody', { ...HEARTBEAT, revocation: REVOCATION }],
    ['a revocation that was not counted', { ...REVOKED, epoch: 0 }],
    ['no name', { ...HEARTBEAT, authority: '' }],
  ])('gets no signature: %s', async (_title, options) => {
    await expect(signEvent(options, clerk.privateKey)).rejects.toMatchObject({ code: 'option_invalid' });
  });
});
