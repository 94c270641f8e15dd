import { decodeHex, encodeHex } from '@mcps/crypto';
import { sha256Sync } from '@mcps/crypto/node';
import type { NodePlace } from './nodes.js';

/** The leaves from `start` up to but without `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Reads hashes of complete subtrees, in the order asked for. */
export type ReadNodes = (places: readonly NodePlace[]) => Promise<readonly string[]>;

/** The path from a leaf to the root of the first `size` leaves (RFC 9162, section 2.1.3.1). */
export function proveInclusion(read: ReadNodes, leafIndex: number, size: number): Promise<readonly string[]> {
  const siblings: Range[] = [];
  let range: Range = { start: 0, end: size };
  while (range.end - range.start > 1) {
    const middle = range.start + splitOf(range.end - range.start);
    const [left, right] = [
      { start: range.start, end: middle },
      { start: middle, end: range.end },
    ];
    const isLeft = leafIndex < middle;
    siblings.unshift(isLeft ? right : left);
    range = isLeft ? left : right;
  }
  return hashRanges(read, siblings);
}

/** What shows that the first `toSize` leaves begin with the first `fromSize` (RFC 9162, section 2.1.4.1). */
export function proveConsistency(read: ReadNodes, fromSize: number, toSize: number): Promise<readonly string[]> {
  const parts: Range[] = [];
  let range: Range = { start: 0, end: toSize };
  let isWhole = true;
  if (fromSize > 0) {
    while (fromSize < range.end) {
      const middle = range.start + splitOf(range.end - range.start);
      if (fromSize <= middle) {
        parts.unshift({ start: middle, end: range.end });
        range = { start: range.start, end: middle };
      } else {
        parts.unshift({ start: range.start, end: middle });
        range = { start: middle, end: range.end };
        isWhole = false;
      }
    }
    if (!isWhole) parts.unshift(range);
  }
  return hashRanges(read, parts);
}

/** The largest power of two below `width`. */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}

/** Every range begins where a complete subtree of its width can. All nodes are read at once. */
async function hashRanges(read: ReadNodes, ranges: readonly Range[]): Promise<readonly string[]> {
  const places = ranges.map(subtreesOf);
  const hashes = await read(places.flat());
  let next = 0;
  return places.map((own) => {
    const parts = hashes.slice(next, (next += own.length));
    return parts.reduceRight((right, left) =>
      encodeHex(sha256Sync(Buffer.concat([Uint8Array.of(1), decodeHex(left), decodeHex(right)]))),
    );
  });
}

function subtreesOf({ start, end }: Range): NodePlace[] {
  const places: NodePlace[] = [];
  let from = start;
  for (let level = 52; level >= 0; level -= 1) {
    const width = 2 ** level;
    while (from % width === 0 && from + width <= end) {
      places.push({ level, idx: from / width });
      from += width;
    }
  }
  return places;
}
