import { canonicalizeToBytes } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { hashHex, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { contentOf, isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readKeySet } from './read.js';
import type { KeySet } from './types.js';

/** A key set whose signature and time have been verified. */
export type VerifiedKeySet = Verified<{
  readonly keySet: KeySet;
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Lower-case hex SHA-256 of the RFC 8785 form of all members but `signature`: two of one number must agree in it. */
  readonly digest: string;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAtMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly nextUpdateMs: number;
}>;

/**
 * Verifies a key set: signed by one of the keys that are configured as signing the passports of the anchor whose name it bears, not from the future, and not past
 * its next update. Keys that another key set has brought sign none.
 *
 * On return nothing is known of its place among others: an authentic older one passes as well, see `KeySets`.
 *
 * Throws `McpsError`: `status_invalid`, `status_stale`.
 */
export function verifyKeySet(source: StatementSource, options: VerifyStatementOptions): Promise<VerifiedKeySet> {
  return runAsync(verifyKeySetSteps(source, options));
}

/** {@link verifyKeySet} for one that was verified before and has been kept: it may be past its next update. */
export function verifyKeptKeySet(source: StatementSource, options: VerifyStatementOptions): Promise<VerifiedKeySet> {
  return runAsync(verifyKeySetSteps(source, options, true));
}

function* verifyKeySetSteps(
  source: StatementSource,
  options: VerifyStatementOptions,
  isKept = false,
): Procedure<VerifiedKeySet> {
  const instants = instantsOf(options);
  const keySet = readKeySet(source);
  const { authority } = keySet;
  const canonical = canonicalizeToBytes(contentOf(keySet));
  const rootKeys = options.anchors.get(authority)?.keys ?? [];
  if (!(yield* isSignedByAny(rootKeys, 'key-set', keySet, canonical))) throw new McpsError('status_invalid');
  const issuedAtMs = parseTimestamp(keySet.issued_at);
  const nextUpdateMs = parseTimestamp(keySet.next_update);
  if (!isKept) checkPeriod(issuedAtMs, nextUpdateMs, instants);
  const digest = yield* hashHex(canonical);
  return markVerified({ keySet, authority, digest, issuedAtMs, nextUpdateMs }, 'key-set');
}
