import { decodeHex, encodeHex } from '@mcps/crypto';
import type { Procedure } from '../procedure/index.js';
import { EMPTY_ROOT_HEX } from '../tree-head/reference.js';
import type { TreeHeadReference } from '../tree-head/index.js';
import { hashNode } from './hashing.js';
import type { ConsistencyProof, InclusionProof } from './proof.js';

/** Whether a proof leads from a leaf's hash to a root: the algorithm of RFC 9162, section 2.1.3.2, word for word. */
export function* leadsToRoot(
  leafHash: Uint8Array,
  { leaf_index, tree_size, path }: Omit<InclusionProof, 'leaf'>,
  rootHash: string,
): Procedure<boolean> {
  if (leaf_index >= tree_size) return false;
  let [fn, sn] = [leaf_index, tree_size - 1];
  let root = leafHash;
  for (const hash of path) {
    if (sn === 0) return false;
    const sibling = decodeHex(hash);
    if (isOdd(fn) || fn === sn) {
      root = yield* hashNode(sibling, root);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      root = yield* hashNode(root, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && encodeHex(root) === rootHash;
}

/**
 * Whether a log at one size is the beginning of the log at another: the algorithm of RFC 9162, section 2.1.4.2, and the two cases that it leaves to the
 * caller, equal sizes and an empty log.
 */
export function* joins(
  from: TreeHeadReference,
  to: TreeHeadReference,
  { path: given }: ConsistencyProof,
): Procedure<boolean> {
  const [first, second] = [from.tree_size, to.tree_size];
  if (first > second) return false;
  if (first === second) return given.length === 0 && from.root_hash === to.root_hash;
  if (first === 0) return given.length === 0 && from.root_hash === EMPTY_ROOT_HEX;
  const [seed, ...path] = isPowerOfTwo(first) ? [from.root_hash, ...given] : given;
  if (seed === undefined || given.length === 0) return false;
  let [fn, sn] = [first - 1, second - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let firstRoot: Uint8Array = decodeHex(seed);
  let secondRoot = firstRoot;
  for (const hash of path) {
    if (sn === 0) return false;
    const sibling = decodeHex(hash);
    if (isOdd(fn) || fn === sn) {
      firstRoot = yield* hashNode(sibling, firstRoot);
      secondRoot = yield* hashNode(sibling, secondRoot);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      secondRoot = yield* hashNode(secondRoot, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && encodeHex(firstRoot) === from.root_hash && encodeHex(secondRoot) === to.root_hash;
}

// Sizes go up to 2^53, beyond what shifts can hold.
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

function isPowerOfTwo(value: number): boolean {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
}
