import { encodeHex } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import { foldPeaks } from './hashing.js';
import type { ConsistencyProof, InclusionProof } from './proof.js';
import { consistencyRanges, inclusionRanges, nodesOfRange } from './ranges.js';
import type { LeafRange } from './ranges.js';
import { checkSize, readNodes } from './reader.js';
import type { LogNodeReader } from './reader.js';

/**
 * The path from a leaf to the root of a log of that size (RFC 9162, section 2.1.3.1). One read of at most 53 + 53 nodes.
 *
 * Throws `RangeError` for an index beyond the size.
 */
export async function proveInclusion(
  leafIndex: number,
  treeSize: number,
  reader: LogNodeReader,
): Promise<Omit<InclusionProof, 'leaf'>> {
  checkSize(treeSize);
  checkSize(leafIndex);
  if (leafIndex >= treeSize) throw new RangeError('The log has no leaf at this index');
  const path = await rootsOf(inclusionRanges(leafIndex, treeSize), reader);
  return { leaf_index: leafIndex, tree_size: treeSize, path };
}

/**
 * The proof that a log, at the first size, was the beginning of what it is at the second (RFC 9162, section 2.1.4.1). One read. Between equal sizes, and from
 * an empty log on, there is nothing to prove, and the path is empty.
 *
 * Throws `RangeError` where the first size is larger than the second.
 */
export async function proveConsistency(
  fromSize: number,
  toSize: number,
  reader: LogNodeReader,
): Promise<ConsistencyProof> {
  checkSize(fromSize);
  checkSize(toSize);
  if (fromSize > toSize) throw new RangeError('A log does not shrink');
  const ranges = fromSize === 0 ? [] : consistencyRanges(fromSize, toSize);
  return { from_size: fromSize, to_size: toSize, path: await rootsOf(ranges, reader) };
}

async function rootsOf(ranges: readonly LeafRange[], reader: LogNodeReader): Promise<string[]> {
  const nodes = ranges.map(nodesOfRange);
  const hashes = await readNodes(reader, nodes.flat());
  const roots: string[] = [];
  let at = 0;
  for (const { length } of nodes) {
    roots.push(encodeHex(await runAsync(foldPeaks(hashes.slice(at, at + length)))));
    at += length;
  }
  return roots;
}
