import { decodeHex, encodeHex, sha256 } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  EMPTY_LOG,
  appendLeaves,
  isVerified,
  leafHash,
  leafOf,
  proveConsistency,
  proveInclusion,
  rootHash,
  signTreeHead,
  verifyConsistency,
  verifyInclusion,
  verifyTreeHead,
} from '../../src/index.js';
import type { LogEntry, LogNodeId, TreeHeadReference, VerifiedTreeHead } from '../../src/index.js';
import { Authority, NOW } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';
import { NaiveReader } from './naive-log.js';

const SIZE = 13;
const passportId = (index: number) => `asp_${index.toString(16).padStart(32, '0')}`;
const entryOf = (index: number): LogEntry => ({
  type: 'issued',
  at: '2026-03-01T12:00:00.000Z',
  passport_id: passportId(index),
  passport_digest: 'cd'.repeat(32),
});

let leaves: Uint8Array[];
let reader: NaiveReader;
let authority: Authority;

beforeAll(async () => {
  authority = await Authority.create();
  leaves = await Promise.all(Array.from({ length: SIZE }, (_, index) => leafHash(leafOf(entryOf(index)))));
  reader = new NaiveReader(leaves);
});

async function stateAt(size: number): Promise<TreeHeadReference> {
  const { tree } = await appendLeaves(EMPTY_LOG, leaves.slice(0, size));
  return { tree_size: size, root_hash: encodeHex(await rootHash(tree)) };
}

async function headAt(size: number): Promise<VerifiedTreeHead> {
  const treeHead = await stateAt(size);
  const head = await signTreeHead(
    { authority: authority.issuer, era: 1, epoch: 0, treeHead, timestampMs: NOW },
    authority.keys.privateKey,
  );
  return verifyTreeHead(head, { anchors: await authority.anchors(), now: NOW });
}

describe('verifyInclusion', () => {
  it('finds every entry where it stands, and nowhere else', async () => {
    for (const size of [1, 2, 5, 8, SIZE]) {
      const head = await headAt(size);
      for (let index = 0; index < size; index += 1) {
        const proof = { leaf: leafOf(entryOf(index)), ...(await proveInclusion(index, size, reader)) };
        const verified = await verifyInclusion(proof, head);
        expect(verified).toEqual({ entry: entryOf(index), leafIndex: index, authority: 'authority.example' });
        expect(isVerified(verified, 'log-entry')).toBe(true);
        for (const other of [index - 1, index + 1, index + size]) {
          expect(await rejectionOf(verifyInclusion({ ...proof, leaf_index: other }, head))).toBe('log_proof_invalid');
        }
        const absent = { ...proof, leaf: leafOf(entryOf(99)) };
        expect(await rejectionOf(verifyInclusion(absent, head))).toBe('log_proof_invalid');
      }
    }
  });

  it('takes no path that is longer, shorter or in another order', async () => {
    const head = await headAt(SIZE);
    const proof = { leaf: leafOf(entryOf(4)), ...(await proveInclusion(4, SIZE, reader)) };
    const { path } = proof;
    const others = [path.slice(1), path.slice(0, -1), [...path, path[0]], [...path].reverse(), []];
    for (const other of others) {
      expect(await rejectionOf(verifyInclusion({ ...proof, path: other }, head))).toBe('log_proof_invalid');
    }
  });

  it('takes no head that was not verified', async () => {
    const head = await headAt(2);
    const proof = { leaf: leafOf(entryOf(0)), ...(await proveInclusion(0, 2, reader)) };
    // @ts-expect-error a copy is not verified
    await expect(verifyInclusion(proof, { ...head })).rejects.toThrow(TypeError);
  });

  it('an inner node is no leaf', async () => {
    // The root of two leaves, presented as the only leaf of a log of one: the prefix tells them apart.
    const inner = Uint8Array.from([...(leaves[0] ?? []), ...(leaves[1] ?? [])]);
    expect(encodeHex(await sha256(Uint8Array.from([1, ...inner])))).toBe((await stateAt(2)).root_hash);
    expect(encodeHex(await sha256(Uint8Array.from([0, ...inner])))).not.toBe((await stateAt(2)).root_hash);
  });
});

describe('verifyConsistency', () => {
  it('joins any two states of one log, and no state to that of another', async () => {
    for (let second = 1; second <= SIZE; second += 1) {
      for (let first = 0; first <= second; first += 1) {
        const [from, to] = [await stateAt(first), await stateAt(second)];
        const proof = await proveConsistency(first, second, reader);
        await verifyConsistency(JSON.stringify(proof), from, to);
        const forged = { ...to, root_hash: 'ee'.repeat(32) };
        const rewritten = { ...from, root_hash: 'ee'.repeat(32) };
        if (first > 0) expect(await rejectionOf(verifyConsistency(proof, from, forged))).toBe('log_proof_invalid');
        expect(await rejectionOf(verifyConsistency(proof, rewritten, to))).toBe('log_proof_invalid');
        expect(
          await rejectionOf(verifyConsistency({ ...proof, path: [...proof.path, 'ab'.repeat(32)] }, from, to)),
        ).toBe('log_proof_invalid');
        if (proof.path.length > 0) {
          const shorter = { ...proof, path: proof.path.slice(0, -1) };
          expect(await rejectionOf(verifyConsistency(shorter, from, to))).toBe('log_proof_invalid');
        }
      }
    }
  });

  it('does not let a log shrink, nor a proof speak of other sizes', async () => {
    const [small, large] = [await stateAt(3), await stateAt(9)];
    const proof = await proveConsistency(3, 9, reader);
    expect(await rejectionOf(verifyConsistency(proof, large, small))).toBe('log_proof_invalid');
    const turned = { ...proof, from_size: 9, to_size: 3 };
    expect(await rejectionOf(verifyConsistency(turned, large, small))).toBe('log_proof_invalid');
    expect(await rejectionOf(verifyConsistency({ ...proof, to_size: 8 }, small, large))).toBe('log_proof_invalid');
  });
});

describe('logs of up to 2^53 entries', () => {
  // All leaves alike: then the perfect subtree of a level has one hash, wherever it stands.
  const HUGE = 2 ** 52 + 2 ** 33 + 12_345;
  let levels: Uint8Array[];

  beforeAll(async () => {
    levels = [leaves[0] ?? new Uint8Array(32)];
    for (let level = 0; level < 53; level += 1) {
      const below = levels[level] ?? new Uint8Array();
      levels.push(await sha256(Uint8Array.from([1, ...below, ...below])));
    }
  });

  const read = (ids: readonly LogNodeId[]) =>
    Promise.resolve(ids.map(({ level }) => levels[level] ?? new Uint8Array()));

  async function hugeState(size: number): Promise<TreeHeadReference> {
    const bits = size.toString(2);
    const peaks = Array.from(bits, (bit, place) => (bit === '1' ? levels[bits.length - 1 - place] : undefined)).filter(
      (peak) => peak !== undefined,
    );
    return { tree_size: size, root_hash: encodeHex(await rootHash({ size, peaks })) };
  }

  it('are proved and verified alike', async () => {
    const to = await hugeState(HUGE);
    for (const size of [1, 2 ** 31 + 1, 2 ** 32, 2 ** 52, HUGE - 1, HUGE]) {
      const proof = await proveConsistency(size, HUGE, { read });
      await verifyConsistency(proof, await hugeState(size), to);
    }
    const treeHead = to;
    const head = await verifyTreeHead(
      await signTreeHead(
        { authority: authority.issuer, era: 1, epoch: 0, treeHead, timestampMs: NOW },
        authority.keys.privateKey,
      ),
      { anchors: await authority.anchors(), now: NOW },
    );
    for (const index of [0, 2 ** 32 + 5, 2 ** 52, HUGE - 1]) {
      const proof = { leaf: leafOf(entryOf(0)), ...(await proveInclusion(index, HUGE, { read })) };
      expect((await verifyInclusion(proof, head)).leafIndex).toBe(index);
      expect(decodeHex(proof.path[0] ?? '').length).toBe(32);
    }
  });
});
