import { beforeAll, describe, expect, it } from 'vitest';
import {
  SignedListStatusSource,
  TreeHeadMonitor,
  applyStatusListDelta,
  isVerified,
  signStatusList,
  signStatusListDelta,
  verifyStatusList,
  verifyStatusListDelta,
} from '../../src/index.js';
import type {
  RevokedPassport,
  StatusList,
  StatusListDelta,
  TrustAnchors,
  VerifiedStatusList,
} from '../../src/index.js';
import { Authority, DAY_MS, HOUR_MS, NOW, draftOf, newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';

const ISSUER = 'authority.example';
const id = (digit: string) => `asp_${digit.repeat(32)}`;
const revoked = (digit: string, expiresInMs = DAY_MS): RevokedPassport => ({
  passport_id: id(digit),
  reason: 'key_compromise',
  revoked_at: new Date(NOW - HOUR_MS).toISOString(),
  passport_expires_at: new Date(NOW + expiresInMs).toISOString(),
});

let authority: Authority;
let clerk: Keys;
let anchors: TrustAnchors;

beforeAll(async () => {
  authority = await Authority.create(ISSUER);
  clerk = await newKeys();
  anchors = await authority.anchors({ statusKeys: [clerk.publicKey] });
});

function list(number: number, entries: readonly RevokedPassport[], atMs = NOW): Promise<StatusList> {
  const treeHead = { tree_size: 10 + number, root_hash: 'ab'.repeat(32) };
  const options = { issuer: ISSUER, number, epoch: number, revoked: entries, issuedAtMs: atMs, treeHead };
  return signStatusList(options, clerk.privateKey);
}

const verified = (source: StatusList, now = NOW) => verifyStatusList(source, { anchors, now });
const delta = (from: StatusList, to: StatusList) => signStatusListDelta(from, to, clerk.privateKey);

async function applied(from: VerifiedStatusList, source: object, now = NOW): Promise<VerifiedStatusList> {
  const options = { anchors, now };
  return applyStatusListDelta(from, await verifyStatusListDelta(source, options), options);
}

describe('a delta', () => {
  it('makes the very list that the authority has signed', async () => {
    const from = await list(1, [revoked('b'), revoked('d')]);
    const to = await list(4, [revoked('a'), revoked('b'), revoked('c'), revoked('d')]);
    const between = await delta(from, to);
    expect(between.added.map(({ passport_id }) => passport_id)).toEqual([id('a'), id('c')]);
    const result = await applied(await verified(from), JSON.parse(JSON.stringify(between)) as object);
    expect(result.list).toEqual(to);
    expect(result.digest).toBe((await verified(to)).digest);
    expect(isVerified(result, 'status-list')).toBe(true);
  });

  it('leaves out whom the later list no longer names', async () => {
    const from = await list(1, [revoked('a', 1), revoked('b')]);
    const later = NOW + HOUR_MS;
    const to = await list(2, [revoked('a', 1), revoked('b'), revoked('c')], later + 1);
    expect(to.revoked.map(({ passport_id }) => passport_id)).toEqual([id('b'), id('c')]);
    const result = await applied(await verified(from), await delta(from, to), later + 1);
    expect(result.list).toEqual(to);
  });

  it('applies to no other list', async () => {
    const [one, two, three] = [
      await list(1, []),
      await list(2, [revoked('a')]),
      await list(3, [revoked('a'), revoked('b')]),
    ];
    const between = await delta(two, three);
    expect(await rejectionOf(applied(await verified(one), between))).toBe('status_gap');
    expect(await rejectionOf(applied(await verified(three), between))).toBe('status_gap');
  });

  it('makes nothing of a list that has the number, but not the content, that it was made for', async () => {
    const [one, other] = [await list(1, [revoked('a')]), await list(1, [revoked('e')])];
    const between = await delta(one, await list(2, [revoked('a'), revoked('b')]));
    expect(await rejectionOf(applied(await verified(other), between))).toBe('status_invalid');
  });

  it('adds nobody who is listed already', async () => {
    const one = await list(1, [revoked('a')]);
    const empty = await list(1, []);
    const between = await delta(empty, await list(2, [revoked('a'), revoked('b')]));
    expect(await rejectionOf(applied(await verified(one), between))).toBe('status_invalid');
  });

  it('is applied only where it and the list were verified', async () => {
    const [from, to] = [await list(1, []), await list(2, [])];
    const [one, between] = [
      await verified(from),
      await verifyStatusListDelta(await delta(from, to), { anchors, now: NOW }),
    ];
    await expect(applyStatusListDelta({ ...one } as typeof one, between, { anchors, now: NOW })).rejects.toThrow(
      TypeError,
    );
    await expect(applyStatusListDelta(one, { ...between } as typeof between, { anchors, now: NOW })).rejects.toThrow(
      TypeError,
    );
  });

  it('is signed only between lists that it joins', async () => {
    const [one, two] = [await list(1, [revoked('a')]), await list(2, [revoked('b')])];
    const refused = { code: 'option_invalid' };
    // A revocation has been lost on the way.
    await expect(delta(one, two)).rejects.toMatchObject(refused);
    await expect(delta(await list(2, []), await list(2, []))).rejects.toMatchObject(refused);
    await expect(delta(await list(3, []), await list(2, []))).rejects.toMatchObject(refused);
    const unlogged = { issuer: ISSUER, number: 3, epoch: 3, revoked: [], issuedAtMs: NOW };
    await expect(delta(await list(1, []), await signStatusList(unlogged, clerk.privateKey))).rejects.toMatchObject(
      refused,
    );
    const foreign = { ...(await list(3, [])), issuer: 'second.example' };
    await expect(delta(await list(1, []), foreign)).rejects.toMatchObject(refused);
  });
});

describe('a source that is fed deltas', () => {
  const query = (digit: string) => ({ passportId: id(digit), digest: '', issuer: ISSUER, anchor: ISSUER });
  const statusOf = async (source: SignedListStatusSource, digit: string) => (await source.check(query(digit))).status;

  async function fed(): Promise<{ source: SignedListStatusSource; between: StatusListDelta; two: StatusList }> {
    const source = new SignedListStatusSource({ anchors, clock: () => NOW });
    const [one, two] = [await list(1, [revoked('a')]), await list(2, [revoked('a'), revoked('b')])];
    await source.update(one);
    return { source, between: await delta(one, two), two };
  }

  it('knows what the later list says, and takes that list itself as the same one', async () => {
    const { source, between, two } = await fed();
    expect(await statusOf(source, 'b')).toBe('good');
    await source.applyDelta(JSON.stringify(between));
    expect([await statusOf(source, 'a'), await statusOf(source, 'b'), await statusOf(source, 'c')]).toEqual([
      'revoked',
      'revoked',
      'good',
    ]);
    await source.update(two);
    await source.applyDelta(await delta(two, await list(3, [revoked('a'), revoked('b'), revoked('c')])));
    expect(await statusOf(source, 'c')).toBe('revoked');
  });

  it('says where there is a gap, and revokes whom the delta names all the same', async () => {
    const { source, between } = await fed();
    await source.update(await list(3, [revoked('a')]));
    expect(await rejectionOf(source.applyDelta(between))).toBe('status_gap');
    expect(await statusOf(source, 'b')).toBe('revoked');
    const empty = new SignedListStatusSource({ anchors, clock: () => NOW });
    expect(await rejectionOf(empty.applyDelta(between))).toBe('status_gap');
    expect(await statusOf(empty, 'b')).toBe('revoked');
    expect(await statusOf(empty, 'c')).toBe('unknown');
  });

  it('learns nothing from a delta that the authority has not signed', async () => {
    const { source, between } = await fed();
    const draft = draftOf(between);
    draft['added'][0].passport_id = id('c');
    expect(await rejectionOf(source.applyDelta(draft))).toBe('status_invalid');
    expect(await statusOf(source, 'c')).toBe('good');
    expect(await statusOf(source, 'b')).toBe('good');
  });

  it('holds the result to one history of the log', async () => {
    const monitor = new TreeHeadMonitor();
    const source = new SignedListStatusSource({ anchors, monitor, clock: () => NOW });
    const [one, two] = [await list(1, []), await list(2, [revoked('b')])];
    await source.update(one);
    // No proof joins the two states of the log.
    expect(await rejectionOf(source.applyDelta(await delta(one, two)))).toBe('status_fork');
    expect(await statusOf(source, 'b')).toBe('revoked');
  });
});
