import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import type { LogCommitment, TreeHeadReference } from '../tree-head/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readStatusListDelta } from './status-list-delta.js';
import type { StatusListDelta } from './status-list-delta.js';

/** A delta whose signature and time have been verified. */
export type VerifiedStatusListDelta = Verified<
  LogCommitment & {
    readonly delta: StatusListDelta;
    readonly treeHead: TreeHeadReference;
    /** Milliseconds since the Unix epoch. */
    readonly issuedAtMs: number;
    /** Milliseconds since the Unix epoch. */
    readonly nextUpdateMs: number;
  }
>;

/**
 * Verifies a delta: signed by a status key of the anchor whose name it bears, not from the future, and not past its next update.
 *
 * On return its entries are revocations, whether or not it can be applied to a list: see `applyStatusListDelta`.
 *
 * Throws `McpsError`: `status_invalid`, `status_stale`.
 */
export function verifyStatusListDelta(
  source: StatementSource,
  options: VerifyStatementOptions,
): Promise<VerifiedStatusListDelta> {
  return runAsync(verifyStatusListDeltaSteps(source, options));
}

function* verifyStatusListDeltaSteps(
  source: StatementSource,
  options: VerifyStatementOptions,
): Procedure<VerifiedStatusListDelta> {
  const instants = instantsOf(options);
  const delta = readStatusListDelta(source);
  const { issuer: authority, epoch, tree_head: treeHead } = delta;
  const keys = options.anchors.get(authority)?.statusKeys ?? [];
  if (!(yield* isSignedByAny(keys, 'status-list-delta', delta))) throw new McpsError('status_invalid');
  const issuedAtMs = parseTimestamp(delta.issued_at);
  const nextUpdateMs = parseTimestamp(delta.next_update);
  checkPeriod(issuedAtMs, nextUpdateMs, instants);
  return markVerified({ delta, authority, epoch, treeHead, issuedAtMs, nextUpdateMs }, 'status-list-delta');
}
