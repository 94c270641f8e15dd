import { encodeHex } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  EMPTY_LOG,
  MemoryTreeHeadState,
  SignedListStatusSource,
  TreeHeadMonitor,
  appendLeaves,
  leafHash,
  proveConsistency,
  rootHash,
  signStatusList,
  signTreeHead,
  verifyTreeHead,
} from '../../src/index.js';
import type {
  ConsistencyProof,
  RevokedPassport,
  StatusList,
  TreeHeadReference,
  TreeHeadState,
  TrustAnchors,
  VerifiedTreeHead,
} from '../../src/index.js';
import { Authority, DAY_MS, NOW } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';
import { NaiveReader } from './naive-log.js';

/** A log whose history a test can write twice. */
class History {
  constructor(
    private readonly leaves: readonly Uint8Array[],
    private readonly reader = new NaiveReader(leaves),
  ) {}

  static async of(texts: readonly string[]): Promise<History> {
    return new History(await Promise.all(texts.map(leafHash)));
  }

  async at(size: number): Promise<TreeHeadReference> {
    const { tree } = await appendLeaves(EMPTY_LOG, this.leaves.slice(0, size));
    return { tree_size: size, root_hash: encodeHex(await rootHash(tree)) };
  }

  proof(from: number, to: number): Promise<ConsistencyProof> {
    return proveConsistency(from, to, this.reader);
  }
}

let authority: Authority;
let anchors: TrustAnchors;
let history: History;
/** The same beginning, as after a backup was restored, and another end. */
let restored: History;

beforeAll(async () => {
  authority = await Authority.create();
  anchors = await authority.anchors();
  const texts = Array.from({ length: 10 }, (_, index) => `entry ${String(index)}`);
  history = await History.of(texts);
  restored = await History.of([...texts.slice(0, 4), ...texts.slice(4).map((text) => `${text} again`)]);
});

async function head(of: History, size: number, epoch = size, era = 1): Promise<VerifiedTreeHead> {
  const statement = { authority: authority.issuer, era, epoch, treeHead: await of.at(size), timestampMs: NOW };
  return verifyTreeHead(await signTreeHead(statement, authority.keys.privateKey), { anchors, now: NOW });
}

/** Observes with the proof that the monitor asks for, made from one history. */
async function show(monitor: TreeHeadMonitor, statement: VerifiedTreeHead, from: History): Promise<string | undefined> {
  const needed = await monitor.proofNeeded(statement);
  const proof = needed === undefined ? undefined : await from.proof(needed.fromSize, needed.toSize);
  return rejectionOf(monitor.observe(statement, proof));
}

describe('a monitor', () => {
  it('follows a log as it grows, and believes its earlier states', async () => {
    const state = new MemoryTreeHeadState();
    const monitor = new TreeHeadMonitor({ state });
    for (const size of [3, 3, 7, 5, 10, 1])
      expect(await show(monitor, await head(history, size), history)).toBeUndefined();
    expect(await state.load(authority.issuer)).toEqual({ era: 1, epoch: 10, ...(await history.at(10)) });
  });

  it('asks for no proof that proves nothing', async () => {
    const monitor = new TreeHeadMonitor();
    expect(await monitor.proofNeeded(await head(history, 3))).toBeUndefined();
    await monitor.observe(await head(history, 3));
    expect(await monitor.proofNeeded(await head(history, 3))).toBeUndefined();
    expect(await monitor.proofNeeded(await head(history, 9))).toEqual({ fromSize: 3, toSize: 9 });
    expect(await monitor.proofNeeded(await head(history, 2))).toEqual({ fromSize: 2, toSize: 3 });
    expect(await monitor.proofNeeded(await head(history, 0))).toBeUndefined();
    await monitor.observe(await head(history, 0));
  });

  it('refuses what a restored backup goes on with, at every size', async () => {
    for (const size of [3, 5, 7, 9]) {
      const monitor = new TreeHeadMonitor();
      await monitor.observe(await head(history, 7));
      expect(await show(monitor, await head(restored, size), restored)).toBe('status_fork');
      // Where both histories are still one, the proof of the first one joins them.
      const expected = size <= 4 ? undefined : 'status_fork';
      expect(await show(monitor, await head(restored, size), history)).toBe(expected);
      // What was believed before is believed still.
      expect(await show(monitor, await head(history, 9), history)).toBeUndefined();
    }
  });

  it('refuses a later state without its proof, and an earlier one too', async () => {
    const monitor = new TreeHeadMonitor();
    await monitor.observe(await head(history, 5));
    expect(await rejectionOf(monitor.observe(await head(history, 7)))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(await head(history, 3)))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(await head(history, 7), await history.proof(4, 7)))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(await head(history, 7), 'no proof'))).toBe('status_fork');
  });

  it('refuses fewer revocations at a later state, and another count at the same', async () => {
    const monitor = new TreeHeadMonitor();
    await monitor.observe(await head(history, 5, 4));
    const proof = await history.proof(5, 6);
    expect(await rejectionOf(monitor.observe(await head(history, 6, 3), proof))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(await head(history, 5, 5)))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(await head(history, 3, 5), await history.proof(3, 5)))).toBe(
      'status_fork',
    );
    expect(await rejectionOf(monitor.observe(await head(history, 6, 4), proof))).toBeUndefined();
  });

  it('believes a new era only where the root vouches for it, and never fewer revocations', async () => {
    const root: { era?: number } = {};
    const monitor = new TreeHeadMonitor({ trustedEra: () => root.era });
    await monitor.observe(await head(history, 7, 7));
    const next = await head(restored, 6, 7, 2);
    expect(await monitor.proofNeeded(next)).toBeUndefined();
    expect(await rejectionOf(monitor.observe(next))).toBe('status_fork');
    root.era = 2;
    expect(await rejectionOf(monitor.observe(await head(restored, 6, 6, 2)))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(await head(restored, 6, 7, 3)))).toBe('status_fork');
    expect(await rejectionOf(monitor.observe(next))).toBeUndefined();
    // The old one has ended.
    expect(await rejectionOf(monitor.observe(await head(history, 9, 9, 1)))).toBe('status_fork');
    expect(await show(monitor, await head(restored, 8, 8, 2), restored)).toBeUndefined();
  });

  it('forgets nothing over a restart where its state is kept', async () => {
    const state = new MemoryTreeHeadState();
    await new TreeHeadMonitor({ state }).observe(await head(history, 7));
    const restarted = new TreeHeadMonitor({ state });
    expect(await show(restarted, await head(restored, 8), restored)).toBe('status_fork');
    // Without the state it would have been a first contact.
    expect(await show(new TreeHeadMonitor(), await head(restored, 8), restored)).toBeUndefined();
  });

  it('believes nothing that it cannot remember', async () => {
    const broken: TreeHeadState = {
      load: () => Promise.resolve(undefined),
      save: () => Promise.reject(new Error('disk full')),
    };
    const monitor = new TreeHeadMonitor({ state: broken });
    expect(await rejectionOf(monitor.observe(await head(history, 7)))).toBe('status_unavailable');
  });

  it('keeps authorities apart, and takes nothing that was not verified', async () => {
    const monitor = new TreeHeadMonitor();
    const seven = await head(history, 7);
    await monitor.observe(seven);
    // @ts-expect-error a copy is not verified
    expect(() => monitor.observe({ ...seven })).toThrow(TypeError);
    const other = await Authority.create('second.example');
    const statement = {
      authority: 'second.example',
      era: 1,
      epoch: 0,
      treeHead: await restored.at(8),
      timestampMs: NOW,
    };
    const signed = await signTreeHead(statement, other.keys.privateKey);
    await monitor.observe(await verifyTreeHead(signed, { anchors: await other.anchors(), now: NOW }));
  });
});

describe('lists of an authority whose log is watched', () => {
  const revoked = (digit: string): RevokedPassport => ({
    passport_id: `asp_${digit.repeat(32)}`,
    reason: 'key_compromise',
    revoked_at: new Date(NOW).toISOString(),
    passport_expires_at: new Date(NOW + DAY_MS).toISOString(),
  });

  function list(number: number, treeHead: TreeHeadReference, entries: readonly RevokedPassport[]): Promise<StatusList> {
    const { issuer, keys } = authority;
    const epoch = treeHead.tree_size;
    return signStatusList({ issuer, number, epoch, revoked: entries, treeHead, issuedAtMs: NOW }, keys.privateKey);
  }

  const statusOf = async (source: SignedListStatusSource, digit: string) => {
    const query = { passportId: `asp_${digit.repeat(32)}`, digest: '', issuer: '', anchor: authority.issuer };
    return (await source.check(query)).status;
  };

  it('are refused once they belong to another history, and yet what they revoke is revoked', async () => {
    const monitor = new TreeHeadMonitor();
    const source = new SignedListStatusSource({ anchors, monitor, clock: () => NOW });
    await source.update(await list(1, await history.at(5), [revoked('a')]));
    await source.update(await list(2, await history.at(7), [revoked('a')]), {
      consistencyProof: await history.proof(5, 7),
    });
    // The backup has been restored: it has lost one revocation, and made another.
    const forked = await list(3, await restored.at(8), [revoked('b')]);
    expect(await rejectionOf(source.update(forked, { consistencyProof: await restored.proof(7, 8) }))).toBe(
      'status_fork',
    );
    expect([await statusOf(source, 'a'), await statusOf(source, 'b')]).toEqual(['revoked', 'revoked']);
    // Its number was not taken either.
    await source.update(await list(3, await history.at(8), [revoked('a')]), {
      consistencyProof: await history.proof(7, 8),
    });
    expect(await statusOf(source, 'c')).toBe('good');
  });

  it('an authentic older list makes nobody good, and yet its revocations count', async () => {
    const source = new SignedListStatusSource({ anchors, clock: () => NOW });
    await source.update(await list(2, await history.at(7), []));
    expect(await rejectionOf(source.update(await list(1, await history.at(5), [revoked('a')])))).toBe(
      'status_list_rolled_back',
    );
    expect(await statusOf(source, 'a')).toBe('revoked');
  });
});
