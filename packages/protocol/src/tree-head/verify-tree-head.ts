import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import type { LogCommitment } from './reference.js';
import { readTreeHead } from './tree-head.js';
import type { TreeHead } from './tree-head.js';

/** A tree head whose signature has been verified, and which is not from the future. */
export type VerifiedTreeHead = Verified<
  LogCommitment & {
    readonly head: TreeHead;
    readonly treeHead: { readonly tree_size: number; readonly root_hash: string };
    readonly timestampMs: number;
  }
>;

/**
 * Verifies a tree head: signed by a status key of the anchor whose name it bears, and not from the future.
 *
 * On return nothing is known of its place among other heads: an authentic older one passes as well, and so does one of another history, see
 * `TreeHeadMonitor`.
 *
 * Throws `McpsError` `status_invalid`.
 */
export function verifyTreeHead(source: StatementSource, options: VerifyStatementOptions): Promise<VerifiedTreeHead> {
  return runAsync(verifyTreeHeadSteps(source, options));
}

function* verifyTreeHeadSteps(source: StatementSource, options: VerifyStatementOptions): Procedure<VerifiedTreeHead> {
  const { latestMs } = instantsOf(options);
  const head = readTreeHead(source);
  const keys = options.anchors.get(head.authority)?.statusKeys ?? [];
  if (!(yield* isSignedByAny(keys, 'tree-head', head))) throw new McpsError('status_invalid');
  const timestampMs = parseTimestamp(head.timestamp);
  if (!(timestampMs <= latestMs)) throw new McpsError('status_invalid');
  const { authority, epoch, tree_size, root_hash } = head;
  const treeHead = Object.freeze({ tree_size, root_hash });
  return markVerified({ head, authority, epoch, treeHead, timestampMs }, 'tree-head');
}
