import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import type { StatusQuery } from '../status/status-source.js';
import { parseTimestamp } from '../time/index.js';
import type { LogCommitment, TreeHeadReference } from '../tree-head/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readSignedStatus, readStaple } from './read.js';
import type { SignedStatus, Staple } from './types.js';

export interface VerifySignedStatusOptions extends VerifyStatementOptions {
  /** Whose status is wanted: the anchor's issuer name, the passport's id and its digest. */
  readonly expected: Pick<StatusQuery, 'anchor' | 'passportId' | 'digest'>;
}

interface Times extends LogCommitment {
  readonly treeHead: TreeHeadReference;
  /** Milliseconds since the Unix epoch. */
  readonly producedAtMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}

/** A status whose signature has been verified, and which is about the passport that was asked about. */
export type VerifiedSignedStatus = Verified<Times & { readonly statement: SignedStatus }>;

/** A staple whose signature has been verified, and which is about the passport that was asked about. */
export type VerifiedStaple = Verified<Times & { readonly statement: Staple }>;

/**
 * Verifies an authority's answer about one passport, in this order: shape and length of life; signed by a status key of the expected anchor, in whose name it
 * speaks; about the expected id, and the expected digest unless it says `UNKNOWN`; not from the future and not expired. A revocation is final: one that
 * is signed and about this passport counts at any age.
 *
 * Throws `McpsError`: `status_invalid`, `status_stale`.
 */
export function verifySignedStatus(
  source: StatementSource,
  options: VerifySignedStatusOptions,
): Promise<VerifiedSignedStatus> {
  return runAsync(verifySignedStatusSteps(source, options));
}

function* verifySignedStatusSteps(
  source: StatementSource,
  options: VerifySignedStatusOptions,
): Procedure<VerifiedSignedStatus> {
  const instants = instantsOf(options);
  const statement = readSignedStatus(source);
  yield* checkOrigin('status', statement, options);
  const times = timesOf(statement);
  if (statement.status !== 'REVOKED') checkPeriod(times.producedAtMs, times.expiresAtMs, instants);
  return markVerified({ ...times, statement }, 'signed-status');
}

/**
 * Verifies a staple, in the order of {@link verifySignedStatus}.
 *
 * On return the authority has said at `producedAtMs` that the passport was valid. Whoever presented it may have been revoked since: see
 * `StapleStatusSource` for how long it counts.
 *
 * Throws `McpsError`: `status_invalid`, `status_stale`.
 */
export function verifyStaple(source: StatementSource, options: VerifySignedStatusOptions): Promise<VerifiedStaple> {
  return runAsync(verifyStapleSteps(source, options));
}

function* verifyStapleSteps(source: StatementSource, options: VerifySignedStatusOptions): Procedure<VerifiedStaple> {
  const instants = instantsOf(options);
  const statement = readStaple(source);
  yield* checkOrigin('staple', statement, options);
  const times = timesOf(statement);
  checkPeriod(times.producedAtMs, times.expiresAtMs, instants);
  return markVerified({ ...times, statement }, 'staple');
}

function* checkOrigin(
  context: 'status' | 'staple',
  statement: SignedStatus | Staple,
  { anchors, expected }: VerifySignedStatusOptions,
): Procedure<void> {
  const { anchor, passportId, digest } = { ...expected };
  const keys = statement.authority === anchor ? (anchors.get(anchor)?.statusKeys ?? []) : [];
  if (!(yield* isSignedByAny(keys, context, statement))) throw new McpsError('status_invalid');
  const isSamePassport = statement.passport_digest === digest || statement.status === 'UNKNOWN';
  if (statement.passport_id !== passportId || !isSamePassport) throw new McpsError('status_invalid');
}

function timesOf({ authority, epoch, tree_head: treeHead, produced_at, expires_at }: SignedStatus | Staple): Times {
  return {
    authority,
    epoch,
    treeHead,
    producedAtMs: parseTimestamp(produced_at),
    expiresAtMs: parseTimestamp(expires_at),
  };
}
