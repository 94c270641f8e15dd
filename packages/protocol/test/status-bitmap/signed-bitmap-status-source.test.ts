import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  MemoryNumberState,
  SignedBitmapStatusSource,
  TreeHeadMonitor,
  checkStatus,
  signStatusBitmap,
  verifyStatusBitmap,
} from '../../src/index.js';
import type { SignStatusBitmapOptions, StatusBitmap, TrustAnchors, VerifiedPassport } from '../../src/index.js';
import { Authority, NOW, newKeys, verifyAt } from '../passport/world.js';
import type { Keys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

let authority: Authority;
let clerk: Keys;
let anchors: TrustAnchors;
let agent: VerifiedPassport;
let unnumbered: VerifiedPassport;
let now = NOW;
const clock = () => now;
const AGENT_INDEX = 5;

beforeAll(async () => {
  authority = await Authority.create();
  clerk = await newKeys();
  anchors = await authority.anchors({ statusKeys: [clerk.publicKey] });
  agent = await verifyAt((await authority.issue({ trustLevel: 2, statusIndex: AGENT_INDEX })).passport, anchors);
  unnumbered = await verifyAt((await authority.issue({ trustLevel: 2 })).passport, anchors);
});

beforeEach(() => {
  now = NOW;
});

function bitmap(
  number: number,
  revoked: readonly number[] = [],
  extra: Partial<SignStatusBitmapOptions> = {},
): Promise<StatusBitmap> {
  const treeHead = { tree_size: 9, root_hash: 'ab'.repeat(32) };
  const options = { issuer: 'authority.example', number, epoch: number, size: 100, revoked, treeHead, issuedAtMs: now };
  return signStatusBitmap({ ...options, ...extra }, clerk.privateKey);
}

const ask = (source: SignedBitmapStatusSource, passport = agent) => checkStatus(passport, source, { clock });

describe('a source that is fed bitmaps', () => {
  it('answers by the index in the passport', async () => {
    const source = new SignedBitmapStatusSource({ anchors, clock });
    expect(await ask(source)).toMatchObject({ fresh: false, reason: 'status_unavailable' });
    await source.update(await bitmap(1, [4, 6]));
    expect(await ask(source)).toMatchObject({ fresh: true, freshUntilMs: NOW + 60_000 });
    await source.update(await bitmap(2, [4, AGENT_INDEX, 6]));
    expect(await rejectionOf(ask(source))).toBe('passport_revoked');
  });

  it('knows nothing of a passport without an index, nor beyond the size', async () => {
    const source = new SignedBitmapStatusSource({ anchors, clock });
    await source.update(await bitmap(1));
    expect(await ask(source, unnumbered)).toMatchObject({ fresh: false, reason: 'status_unavailable' });
    await source.update(await bitmap(2, [], { size: AGENT_INDEX }));
    expect(await ask(source)).toMatchObject({ fresh: false, reason: 'status_unavailable' });
    await source.update(await bitmap(3, [], { size: AGENT_INDEX + 1 }));
    expect((await ask(source)).fresh).toBe(true);
  });

  it('grows old', async () => {
    const source = new SignedBitmapStatusSource({ anchors, clock });
    await source.update(await bitmap(1, [], { ttlSeconds: 30 }));
    now = NOW + 30_000;
    expect(await ask(source)).toMatchObject({ fresh: false, reason: 'status_stale' });
  });

  it('a bit that was set stays set, also in a smaller bitmap, and where the bitmap is refused', async () => {
    const source = new SignedBitmapStatusSource({ anchors, clock });
    await source.update(await bitmap(2, [AGENT_INDEX]));
    await source.update(await bitmap(3, [], { size: 3 }));
    expect(await rejectionOf(ask(source))).toBe('passport_revoked');
    const other = new SignedBitmapStatusSource({ anchors, clock });
    await other.update(await bitmap(3));
    expect(await rejectionOf(other.update(await bitmap(2, [AGENT_INDEX])))).toBe('status_list_rolled_back');
    expect(await rejectionOf(ask(other))).toBe('passport_revoked');
  });

  it('refuses an older bitmap, another one of the number, and one that counts fewer revocations', async () => {
    const state = new MemoryNumberState();
    const source = new SignedBitmapStatusSource({ anchors, clock, state });
    const two = await bitmap(2, [1]);
    await source.update(two);
    await source.update(two);
    expect(await rejectionOf(source.update(await bitmap(1)))).toBe('status_list_rolled_back');
    expect(await rejectionOf(source.update(await bitmap(2, [1, 2])))).toBe('status_list_rolled_back');
    expect(await rejectionOf(source.update(await bitmap(3, [1], { epoch: 1 })))).toBe('status_list_rolled_back');
    const restarted = new SignedBitmapStatusSource({ anchors, clock, state });
    expect(await rejectionOf(restarted.update(await bitmap(1)))).toBe('status_list_rolled_back');
  });

  it('holds bitmaps to one history of the log', async () => {
    const monitor = new TreeHeadMonitor();
    const source = new SignedBitmapStatusSource({ anchors, clock, monitor });
    await source.update(await bitmap(1, [], { epoch: 1 }));
    const treeHead = { tree_size: 9, root_hash: 'cd'.repeat(32) };
    expect(await rejectionOf(source.update(await bitmap(2, [], { epoch: 1, treeHead })))).toBe('status_fork');
  });

  it('takes a verified one, of which only the time is checked again', async () => {
    const source = new SignedBitmapStatusSource({ anchors, clock });
    const verified = await verifyStatusBitmap(await bitmap(1), { anchors, now });
    await source.update(verified);
    expect((await ask(source)).fresh).toBe(true);
    now = NOW + 3_600_000;
    expect(await rejectionOf(source.update(verified))).toBe('status_stale');
    expect(await rejectionOf(source.update({ ...verified }))).toBe('status_invalid');
  });

  it('believes the keys that its anchors have at the time', async () => {
    const successor = await newKeys();
    let current = anchors;
    const source = new SignedBitmapStatusSource({ anchors: () => current, clock });
    const treeHead = { tree_size: 9, root_hash: 'ab'.repeat(32) };
    const options = {
      issuer: 'authority.example',
      number: 1,
      epoch: 1,
      size: 100,
      revoked: [],
      treeHead,
      issuedAtMs: now,
    };
    const signed = await signStatusBitmap(options, successor.privateKey);
    expect(await rejectionOf(source.update(signed))).toBe('status_invalid');
    current = await authority.anchors({ statusKeys: [clerk.publicKey, successor.publicKey] });
    await source.update(signed);
    expect((await ask(source)).fresh).toBe(true);
  });
});
