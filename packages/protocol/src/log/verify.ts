import { encodeUtf8 } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import type { StatementSource } from '../statement/index.js';
import type { TreeHeadReference, VerifiedTreeHead } from '../tree-head/index.js';
import { isVerified, markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { joins, leadsToRoot } from './climb.js';
import { readLeaf } from './entry.js';
import type { LogEntry } from './entry.js';
import { hashLeaf } from './hashing.js';
import { readConsistencyProof, readInclusionProof } from './proof.js';

/** An entry that stands in an authority's log. */
export type VerifiedLogEntry = Verified<{
  readonly entry: LogEntry;
  readonly leafIndex: number;
  /** The anchor's issuer name. */
  readonly authority: string;
}>;

/**
 * Verifies that an entry stands in the log that a tree head was signed over: the head and the proof are of one size, the leaf is an entry in its one spelling,
 * and the path leads from it to the signed root (RFC 9162, section 2.1.3.2).
 *
 * Throws `McpsError` `log_proof_invalid`; `TypeError` for a head that `verifyTreeHead` has not returned.
 */
export function verifyInclusion(proof: StatementSource, head: VerifiedTreeHead): Promise<VerifiedLogEntry> {
  return runAsync(verifyInclusionSteps(proof, head));
}

function* verifyInclusionSteps(source: StatementSource, head: VerifiedTreeHead): Procedure<VerifiedLogEntry> {
  if (!isVerified(head, 'tree-head')) throw new TypeError('A tree head that verifyTreeHead has returned is expected');
  const proof = readInclusionProof(source);
  const entry = readLeaf(proof.leaf);
  const { tree_size, root_hash } = head.treeHead;
  const leafHash = yield* hashLeaf(encodeUtf8(proof.leaf));
  const holds = proof.tree_size === tree_size && (yield* leadsToRoot(leafHash, proof, root_hash));
  if (!holds) throw new McpsError('log_proof_invalid');
  return markVerified({ entry, leafIndex: proof.leaf_index, authority: head.authority }, 'log-entry');
}

/**
 * Verifies that a log has only been appended to between two states (RFC 9162, section 2.1.4.2). That both were signed by one authority is the caller's to see
 * to; `TreeHeadMonitor` does.
 *
 * Throws `McpsError` `log_proof_invalid`.
 */
export function verifyConsistency(
  proof: StatementSource,
  from: TreeHeadReference,
  to: TreeHeadReference,
): Promise<void> {
  return runAsync(verifyConsistencySteps(proof, { ...from }, { ...to }));
}

function* verifyConsistencySteps(
  source: StatementSource,
  from: TreeHeadReference,
  to: TreeHeadReference,
): Procedure<void> {
  const proof = readConsistencyProof(source);
  const isBetween = proof.from_size === from.tree_size && proof.to_size === to.tree_size;
  if (!isBetween || !(yield* joins(from, to, proof))) throw new McpsError('log_proof_invalid');
}
