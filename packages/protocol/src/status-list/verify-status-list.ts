import { canonicalizeToBytes } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { hashHex, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { contentOf, isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import type { LogCommitment } from '../tree-head/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readStatusList } from './status-list.js';
import type { StatusList } from './status-list.js';

/** What verification has found out about a status list. */
export interface StatusListFacts extends LogCommitment {
  readonly list: StatusList;
  /** Lower-case hex SHA-256 of the RFC 8785 form of all members but `signature`: two lists of one number must agree in it. */
  readonly digest: string;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAtMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly nextUpdateMs: number;
}

/** A status list whose signature and time have been verified. */
export type VerifiedStatusList = Verified<StatusListFacts>;

/**
 * Verifies a status list: signed by a status key of the anchor whose name it bears, not from the future, and not past its next update.
 *
 * On return nothing is known of its place among other lists: an authentic older list passes as well, see `SignedListStatusSource`.
 *
 * Throws `McpsError`: `status_invalid` (malformed, of an unknown issuer, badly signed, from the future), `status_stale`.
 */
export function verifyStatusList(
  source: StatementSource,
  options: VerifyStatementOptions,
): Promise<VerifiedStatusList> {
  // Read before anything is waited for: the caller may change an object afterwards.
  const steps = function* (): Procedure<VerifiedStatusList> {
    return yield* verifyReadListSteps(readStatusList(source), options);
  };
  return runAsync(steps());
}

/**
 * Verifies a list that has been read and that another statement vouches for until `untilMs`, whatever the list's own next update: it counts until then, and is
 * stale from then on. Throws as {@link verifyStatusList} does.
 */
export function verifyStatusListWithin(
  list: StatusList,
  options: VerifyStatementOptions,
  untilMs: number,
): Promise<VerifiedStatusList> {
  return runAsync(verifyReadListSteps(list, options, untilMs));
}

/** The part of {@link verifyStatusList} that follows the reading. */
export function* verifyReadListSteps(
  list: StatusList,
  options: VerifyStatementOptions,
  untilMs?: number,
): Procedure<VerifiedStatusList> {
  const instants = instantsOf(options);
  const keys = options.anchors.get(list.issuer)?.statusKeys ?? [];
  const canonical = canonicalizeToBytes(contentOf(list));
  if (!(yield* isSignedByAny(keys, 'status-list', list, canonical))) throw new McpsError('status_invalid');
  const issuedAtMs = parseTimestamp(list.issued_at);
  const nextUpdateMs = untilMs ?? parseTimestamp(list.next_update);
  checkPeriod(issuedAtMs, nextUpdateMs, instants);
  const digest = yield* hashHex(canonical);
  const { issuer: authority, epoch, tree_head: treeHead } = list;
  const commitment = { authority, epoch, ...(treeHead === undefined ? {} : { treeHead }) };
  return markVerified({ list, digest, ...commitment, issuedAtMs, nextUpdateMs }, 'status-list');
}
