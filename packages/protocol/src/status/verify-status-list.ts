import { canonicalizeToBytes, decodeBase64 } from '@mcps/crypto';
import type { TrustAnchors } from '../anchor/trust-anchors.js';
import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { hashHex, runAsync, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readStatusList, statusListSigningInput } from './status-list.js';
import type { StatusList, StatusListSource } from './status-list.js';

export interface VerifyStatusListOptions {
  readonly anchors: TrustAnchors;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly now?: number;
  readonly clock?: Clock;
  /** How far ahead of our clock a list may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
}

/** A status list whose signature and time have been verified. */
export type VerifiedStatusList = Verified<{
  readonly list: StatusList;
  /** Lower-case hex SHA-256 of the RFC 8785 form of all members but `signature`: two lists of one number must agree in it. */
  readonly digest: string;
  readonly issuedAtMs: number;
  readonly nextUpdateMs: number;
}>;

/**
 * Verifies a status list: signed by a status key of the anchor whose name it bears, not from the future, and not past its next update.
 *
 * On return nothing is known of its place among other lists: an authentic older list passes as well, see `SignedListStatusSource`.
 *
 * Throws `McpsError`: `status_invalid` (malformed, of an unknown issuer, badly signed, from the future), `status_stale`.
 */
export function verifyStatusList(
  source: StatusListSource,
  options: VerifyStatusListOptions,
): Promise<VerifiedStatusList> {
  return runAsync(verifyStatusListSteps(source, options));
}

function* verifyStatusListSteps(
  source: StatusListSource,
  options: VerifyStatusListOptions,
): Procedure<VerifiedStatusList> {
  const { anchors, clock = systemClock, now = clock(), futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
  const list = readStatusList(source);
  const keys = anchors.get(list.issuer)?.statusKeys;
  if (keys === undefined) throw new McpsError('status_invalid');
  const input = statusListSigningInput(list);
  const signature = decodeBase64(list.signature);
  let valid = false;
  for (const key of keys) valid ||= yield* verifyBytes(key, input, signature);
  if (!valid) throw new McpsError('status_invalid');
  const issuedAtMs = parseTimestamp(list.issued_at);
  const nextUpdateMs = parseTimestamp(list.next_update);
  if (!(issuedAtMs <= now + futureToleranceMs)) throw new McpsError('status_invalid');
  if (!(now < nextUpdateMs)) throw new McpsError('status_stale');
  const { signature: _signature, ...content } = list;
  const digest = yield* hashHex(canonicalizeToBytes(content));
  return markVerified({ list, digest, issuedAtMs, nextUpdateMs }, 'status-list');
}
