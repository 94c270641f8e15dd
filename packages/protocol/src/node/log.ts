import { appendLeavesSteps, leafHashSteps, rootHashSteps } from '../log/tree.js';
import type { AppendedLog, LogTree } from '../log/tree.js';
import { runSync } from './run-sync.js';

/** `leafHash` without a promise. */
export function leafHashSync(leaf: string): Uint8Array {
  return runSync(leafHashSteps(leaf));
}

/** `appendLeaves` without a promise. */
export function appendLeavesSync(tree: LogTree, leafHashes: readonly Uint8Array[]): AppendedLog {
  return runSync(appendLeavesSteps(tree, leafHashes));
}

/** `rootHash` without a promise. */
export function rootHashSync(tree: LogTree): Uint8Array {
  return runSync(rootHashSteps(tree));
}
