import type { LogNodeId } from './ranges.js';

/** Where the nodes of a log are stored. */
export interface LogNodeReader {
  /** The hashes of nodes, each 32 bytes, in the order that they are asked for; all are there in a log that is large enough. */
  read(nodes: readonly LogNodeId[]): Promise<readonly Uint8Array[]>;
}

/** Reads nodes, none where none are asked for. Throws `TypeError` where the reader answers with anything else. */
export async function readNodes(reader: LogNodeReader, nodes: readonly LogNodeId[]): Promise<Uint8Array[]> {
  if (nodes.length === 0) return [];
  const hashes = await reader.read(nodes);
  if (hashes.length !== nodes.length || hashes.some((hash) => hash.length !== 32)) {
    throw new TypeError('The store of the log does not have the nodes that it should have');
  }
  return [...hashes];
}

/** Throws `RangeError` unless a number can be the size of a log. */
export function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('The size of a log is a whole number from 0 on');
}
