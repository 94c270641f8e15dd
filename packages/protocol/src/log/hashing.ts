import { hashBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';

const LEAF = 0;
const NODE = 1;

/** The hash of a leaf (RFC 9162, section 2.1.1): SHA-256 of 0x00 and the entry. The prefixes keep a leaf from passing for a node. */
export function* hashLeaf(entry: Uint8Array): Procedure<Uint8Array> {
  const input = new Uint8Array(1 + entry.length);
  input[0] = LEAF;
  input.set(entry, 1);
  return yield* hashBytes(input);
}

/** The hash of an inner node: SHA-256 of 0x01, the left and the right hash. */
export function* hashNode(left: Uint8Array, right: Uint8Array): Procedure<Uint8Array> {
  const input = new Uint8Array(1 + left.length + right.length);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 1 + left.length);
  return yield* hashBytes(input);
}

/** The root over the hashes of neighbouring perfect subtrees, from the largest, on the left, to the smallest. */
export function* foldPeaks(peaks: readonly Uint8Array[]): Procedure<Uint8Array> {
  let root: Uint8Array | undefined;
  for (let index = peaks.length - 1; index >= 0; index -= 1) {
    const peak = peaks[index];
    if (peak === undefined) break;
    root = root === undefined ? peak : yield* hashNode(peak, root);
  }
  // Not `root ?? yield*`: the bundler's CommonJS output moves the right side into a function that is no generator.
  if (root === undefined) return yield* hashBytes(new Uint8Array());
  return root;
}
