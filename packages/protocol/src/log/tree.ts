import { encodeUtf8 } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { foldPeaks, hashLeaf, hashNode } from './hashing.js';
import { nodesOfRange } from './ranges.js';
import type { LogNodeId } from './ranges.js';
import { checkSize, readNodes } from './reader.js';
import type { LogNodeReader } from './reader.js';

/** All that is needed of a log to append to it: logarithmic in its size. Immutable. */
export interface LogTree {
  readonly size: number;
  /** The roots of the perfect subtrees that it consists of, the largest first: one for each bit that is set in `size`. */
  readonly peaks: readonly Uint8Array[];
}

/** A perfect subtree that an append has completed. It never changes again. */
export interface LogNode extends LogNodeId {
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

export interface AppendedLog {
  readonly tree: LogTree;
  /** What to store, the leaves among them: proofs are read from these. */
  readonly nodes: readonly LogNode[];
}

/** The log without entries. */
export const EMPTY_LOG: LogTree = Object.freeze({ size: 0, peaks: Object.freeze([]) });

/** The hash of a leaf, 32 bytes, from its text (see `leafOf`). */
export function leafHash(leaf: string): Promise<Uint8Array> {
  return runAsync(leafHashSteps(leaf));
}

export function leafHashSteps(leaf: string): Procedure<Uint8Array> {
  return hashLeaf(encodeUtf8(leaf));
}

/**
 * Appends leaves, each given by its hash (see `leafHash`), in order. Hashes about one node a leaf.
 *
 * Throws `TypeError` for a hash that is not 32 bytes.
 */
export function appendLeaves(tree: LogTree, leafHashes: readonly Uint8Array[]): Promise<AppendedLog> {
  return runAsync(appendLeavesSteps(tree, leafHashes));
}

export function* appendLeavesSteps(tree: LogTree, leafHashes: readonly Uint8Array[]): Procedure<AppendedLog> {
  const peaks = [...tree.peaks];
  const nodes: LogNode[] = [];
  let { size } = tree;
  for (const leafHash of leafHashes) {
    if (leafHash.length !== 32) throw new TypeError('A hash of 32 bytes is expected');
    let node: LogNode = { level: 0, index: size, hash: leafHash.slice() };
    nodes.push(node);
    // As when 1 is added to a binary number: each bit that is set is carried over into the next.
    while (node.index % 2 === 1) {
      const left = peaks.pop();
      if (left === undefined) throw new TypeError('The log has fewer peaks than its size asks for');
      node = { level: node.level + 1, index: (node.index - 1) / 2, hash: yield* hashNode(left, node.hash) };
      nodes.push(node);
    }
    peaks.push(node.hash);
    size += 1;
  }
  return { tree: Object.freeze({ size, peaks: Object.freeze(peaks) }), nodes };
}

/** The root of a log, 32 bytes (RFC 9162, section 2.1.1). */
export function rootHash(tree: LogTree): Promise<Uint8Array> {
  return runAsync(rootHashSteps(tree));
}

export function rootHashSteps(tree: LogTree): Procedure<Uint8Array> {
  return foldPeaks([...tree.peaks]);
}

/** Reads what is needed to append to a stored log of that size: one read, of at most 53 nodes. Throws `TypeError` for what the reader does not have. */
export async function loadLog(size: number, reader: LogNodeReader): Promise<LogTree> {
  checkSize(size);
  const peaks = await readNodes(reader, nodesOfRange({ begin: 0, end: size }));
  return Object.freeze({ size, peaks: Object.freeze(peaks) });
}
