import { sha256Sync } from '@mcps/crypto/node';
import { decodeHex, encodeHex } from '@mcps/crypto';

/** A complete subtree of the log: it covers the 2^level leaves from idx * 2^level on (RFC 9162, section 2.1). */
export interface TreeNode {
  readonly level: number;
  readonly idx: number;
  readonly hash: string;
}

/** The root of a tree without leaves. */
export const EMPTY_ROOT = encodeHex(sha256Sync(new Uint8Array()));

export function hashLeaf(leaf: Uint8Array): string {
  return encodeHex(sha256Sync(prefixed(0, leaf)));
}

function hashChildren(left: string, right: string): string {
  return encodeHex(sha256Sync(prefixed(1, decodeHex(left), decodeHex(right))));
}

function prefixed(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(prefix), ...parts]);
}

/** Where the complete subtrees are that a tree of some size consists of, the largest first. */
export function peaksOf(size: number): { readonly level: number; readonly idx: number }[] {
  const peaks: { level: number; idx: number }[] = [];
  for (let level = 52; level >= 0; level -= 1) {
    const width = 2 ** level;
    if (Math.floor(size / width) % 2 === 1) peaks.push({ level, idx: Math.floor(size / width) - 1 });
  }
  return peaks;
}

/** The right edge of a growing tree: all that is needed to append to it. */
export class TreeEdge {
  #size: number;
  readonly #peaks: string[];

  /** @param peaks the hashes of `peaksOf(size)` */
  constructor(size: number, peaks: readonly string[]) {
    this.#size = size;
    this.#peaks = [...peaks];
  }

  get size(): number {
    return this.#size;
  }

  get rootHash(): string {
    if (this.#peaks.length === 0) return EMPTY_ROOT;
    return this.#peaks.reduceRight((right, left) => hashChildren(left, right));
  }

  copy(): TreeEdge {
    return new TreeEdge(this.#size, this.#peaks);
  }

  /** Appends a leaf, and returns the subtrees above it that it completes. */
  append(leafHash: string): TreeNode[] {
    const completed: TreeNode[] = [];
    let hash = leafHash;
    let idx = this.#size;
    for (let level = 1; idx % 2 === 1; level += 1) {
      const left = this.#peaks.pop();
      if (left === undefined) throw new Error('The edge of the tree does not fit its size');
      hash = hashChildren(left, hash);
      idx = (idx - 1) / 2;
      completed.push({ level, idx, hash });
    }
    this.#peaks.push(hash);
    this.#size += 1;
    return completed;
  }
}
