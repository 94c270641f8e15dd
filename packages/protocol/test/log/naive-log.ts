import { sha256 } from '@mcps/crypto';
import type { LogNodeId, LogNodeReader } from '../../src/index.js';

// The definitions of RFC 9162, section 2.1, by recursion over all leaves: slow, and too simple to be wrong.

type Bytes = Uint8Array;

const concat = (...parts: Bytes[]): Bytes => Uint8Array.from(parts.flatMap((part) => [...part]));

export const naiveLeaf = (entry: Bytes): Promise<Bytes> => sha256(concat(Uint8Array.of(0), entry));
const node = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(concat(Uint8Array.of(1), left, right));

function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** MTH, over leaves that are hashed already. */
export async function naiveRoot(leaves: readonly Bytes[]): Promise<Bytes> {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array());
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return node(await naiveRoot(leaves.slice(0, k)), await naiveRoot(leaves.slice(k)));
}

/** PATH(m, D[n]) */
export async function naivePath(m: number, leaves: readonly Bytes[]): Promise<Bytes[]> {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k
    ? [...(await naivePath(m, left)), await naiveRoot(right)]
    : [...(await naivePath(m - k, right)), await naiveRoot(left)];
}

/** SUBPROOF(m, D[n], b) */
export async function naiveSubproof(m: number, leaves: readonly Bytes[], b = true): Promise<Bytes[]> {
  if (m === leaves.length) return b ? [] : [await naiveRoot(leaves)];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m <= k
    ? [...(await naiveSubproof(m, left, b)), await naiveRoot(right)]
    : [...(await naiveSubproof(m - k, right, false)), await naiveRoot(left)];
}

/** Reads the nodes of a log out of its leaves, and counts how often it was asked. */
export class NaiveReader implements LogNodeReader {
  reads = 0;

  constructor(private readonly leaves: readonly Bytes[]) {}

  read(nodes: readonly LogNodeId[]): Promise<Bytes[]> {
    this.reads += 1;
    return Promise.all(
      nodes.map(({ level, index }) => {
        const width = 2 ** level;
        const subtree = this.leaves.slice(index * width, (index + 1) * width);
        if (subtree.length !== width) throw new Error('The log is not that large');
        return naiveRoot(subtree);
      }),
    );
  }
}
