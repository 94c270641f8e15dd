/** A perfect subtree of a log: over the leaves from `index` × 2^`level` on, 2^`level` of them. Level 0 are the leaves' hashes. */
export interface LogNodeId {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `begin` up to and without `end`. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

// Sizes go up to 2^53, beyond what bitwise operators can hold: hence powers and divisions.

/** The largest power of two below a number from 2 on: where RFC 9162 splits a tree of that size. */
function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The perfect subtrees that make up a range whose beginning is a multiple of the power of two at which it ends or is split, left to right. */
export function nodesOfRange({ begin, end }: LeafRange): LogNodeId[] {
  const nodes: LogNodeId[] = [];
  let at = begin;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (width * 2 <= end - at) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** PATH of RFC 9162, section 2.1.3.1: the ranges whose roots lead from a leaf to the root of a tree of that size, from the leaf upwards. */
export function inclusionRanges(leafIndex: number, treeSize: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, treeSize];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (leafIndex < middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges.reverse();
}

/** PROOF of RFC 9162, section 2.1.4.1: the ranges whose roots show that the tree of the second size begins with that of the first. */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, second];
  while (end > first) {
    const middle = begin + splitOf(end - begin);
    if (first <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  // The first tree itself is known to the verifier; only a part of it is not.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}
