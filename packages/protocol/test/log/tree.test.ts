import { decodeHex, encodeHex, sha256 } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  EMPTY_LOG,
  appendLeaves,
  leafHash,
  loadLog,
  proveConsistency,
  proveInclusion,
  rootHash,
} from '../../src/index.js';
import type { LogNode, LogNodeId, LogTree } from '../../src/index.js';
import { NaiveReader, naiveLeaf, naivePath, naiveRoot, naiveSubproof } from './naive-log.js';

const SIZE = 70;
let leaves: Uint8Array[];
let reader: NaiveReader;

beforeAll(async () => {
  leaves = await Promise.all(Array.from({ length: SIZE }, (_, index) => naiveLeaf(Uint8Array.of(index))));
});

const hex = (hashes: readonly Uint8Array[]) => hashes.map(encodeHex);

describe('a log', () => {
  // The reference data of Certificate Transparency implementations.
  it('has the published roots', async () => {
    const entries = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    let tree = EMPTY_LOG;
    for (const [index, entry] of entries.entries()) {
      ({ tree } = await appendLeaves(tree, [await naiveLeaf(decodeHex(entry))]));
      expect(encodeHex(await rootHash(tree))).toBe(roots[index]);
    }
  });

  it('hashes the text of a leaf behind a zero byte, so that no leaf is a node', async () => {
    expect(await leafHash('{"a":1}')).toEqual(await naiveLeaf(new TextEncoder().encode('{"a":1}')));
    const pair = encodeHex(Uint8Array.from([...(leaves[0] ?? []), ...(leaves[1] ?? [])]));
    const { tree } = await appendLeaves(EMPTY_LOG, leaves.slice(0, 2));
    expect(await rootHash(tree)).not.toEqual(await naiveLeaf(decodeHex(pair)));
  });

  it('has the root that the definition gives, at every size, whatever the batches', async () => {
    expect(await rootHash(EMPTY_LOG)).toEqual(await sha256(new Uint8Array()));
    let tree: LogTree = EMPTY_LOG;
    for (let size = 0; size < SIZE;) {
      const batch = 1 + (size % 3);
      ({ tree } = await appendLeaves(tree, leaves.slice(size, size + batch)));
      size += Math.min(batch, SIZE - size);
      expect(tree.size).toBe(size);
      expect(await rootHash(tree)).toEqual(await naiveRoot(leaves.slice(0, size)));
      expect(tree.peaks.length).toBe(size.toString(2).replaceAll('0', '').length);
    }
  });

  it('tells every node once, and can be loaded from them', async () => {
    const stored = new Map<string, LogNode>();
    const { tree, nodes } = await appendLeaves(EMPTY_LOG, leaves);
    for (const node of nodes) {
      const key = `${String(node.level)}:${String(node.index)}`;
      expect(stored.has(key)).toBe(false);
      stored.set(key, node);
    }
    const read = (ids: readonly LogNodeId[]) =>
      Promise.resolve(
        ids.map(({ level, index }) => stored.get(`${String(level)}:${String(index)}`)?.hash ?? new Uint8Array()),
      );
    expect(await loadLog(SIZE, { read })).toEqual(tree);
    expect(await loadLog(0, { read })).toEqual(EMPTY_LOG);
    await expect(loadLog(SIZE + 1, { read })).rejects.toThrow(TypeError);
    await expect(loadLog(-1, { read })).rejects.toThrow(RangeError);
    expect(hex((await proveInclusion(3, SIZE, { read })).path.map(decodeHex))).toEqual(hex(await naivePath(3, leaves)));
  });

  it('does not change what it was appended to', async () => {
    const { tree } = await appendLeaves(EMPTY_LOG, leaves.slice(0, 3));
    const before = encodeHex(await rootHash(tree));
    await appendLeaves(tree, leaves.slice(3, 5));
    expect(encodeHex(await rootHash(tree))).toBe(before);
    await expect(appendLeaves(tree, [new Uint8Array(31)])).rejects.toThrow(TypeError);
  });
});

describe('proofs', () => {
  it('of inclusion are those of the definition, for every leaf of every size, with one read at most', async () => {
    for (let size = 1; size <= SIZE; size += size < 20 ? 1 : 7) {
      for (let index = 0; index < size; index += 1) {
        reader = new NaiveReader(leaves.slice(0, size));
        const proof = await proveInclusion(index, size, reader);
        expect(proof).toEqual({
          leaf_index: index,
          tree_size: size,
          path: hex(await naivePath(index, leaves.slice(0, size))),
        });
        expect(reader.reads).toBeLessThanOrEqual(1);
      }
    }
  });

  it('of consistency are those of the definition, between any two sizes, with one read at most', async () => {
    for (let second = 1; second <= 40; second += 1) {
      for (let first = 1; first <= second; first += 1) {
        reader = new NaiveReader(leaves.slice(0, second));
        const proof = await proveConsistency(first, second, reader);
        expect(proof.path).toEqual(hex(await naiveSubproof(first, leaves.slice(0, second))));
        expect(reader.reads).toBeLessThanOrEqual(1);
      }
    }
    expect(await proveConsistency(0, 5, reader)).toEqual({ from_size: 0, to_size: 5, path: [] });
  });

  it('are not made of what the log does not have', async () => {
    await expect(proveInclusion(5, 5, reader)).rejects.toThrow(RangeError);
    await expect(proveInclusion(0.5, 5, reader)).rejects.toThrow(RangeError);
    await expect(proveConsistency(6, 5, reader)).rejects.toThrow(RangeError);
    await expect(proveConsistency(1, 5, { read: () => Promise.resolve([]) })).rejects.toThrow(TypeError);
  });
});
