import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT, TreeEdge, hashLeaf, peaksOf } from '../../src/log/tree.js';
import { merkleTreeHash } from '../support/merkle.js';

const leaves = Array.from({ length: 70 }, (_, index) => `leaf ${index}`);

describe('the edge of a tree', () => {
  it('has the root that RFC 9162 defines, at every size', () => {
    expect(EMPTY_ROOT).toBe(merkleTreeHash([]));
    const edge = new TreeEdge(0, []);
    leaves.forEach((leaf, index) => {
      edge.append(hashLeaf(Buffer.from(leaf)));
      expect(edge.size).toBe(index + 1);
      expect(edge.rootHash).toBe(merkleTreeHash(leaves.slice(0, index + 1)));
    });
  });

  it('reports every subtree that it completes, so that it can be taken up again at any size', () => {
    const nodes = new Map<string, string>();
    const edge = new TreeEdge(0, []);
    leaves.forEach((leaf, index) => {
      const hash = hashLeaf(Buffer.from(leaf));
      nodes.set(`0:${index}`, hash);
      for (const node of edge.append(hash)) nodes.set(`${node.level}:${node.idx}`, node.hash);
      const again = new TreeEdge(
        index + 1,
        peaksOf(index + 1).map(({ level, idx }) => nodes.get(`${level}:${idx}`)!),
      );
      expect(again.rootHash).toBe(edge.rootHash);
    });
    for (const [place, hash] of nodes) {
      const [level, idx] = place.split(':').map(Number) as [number, number];
      expect(hash, place).toBe(merkleTreeHash(leaves.slice(idx * 2 ** level, (idx + 1) * 2 ** level)));
    }
  });

  it('knows the peaks of a size beyond 32 bits', () => {
    expect(peaksOf(2 ** 40 + 3)).toEqual([
      { level: 40, idx: 0 },
      { level: 1, idx: 2 ** 39 },
      { level: 0, idx: 2 ** 40 + 2 },
    ]);
  });
});
