import { assertVerifiedPassport } from '../passport/verified-passport.js';
import type { VerifiedPassport } from '../passport/verified-passport.js';
import { assertStatusOutcome } from '../status/outcome.js';
import type { StatusOutcome } from '../status/outcome.js';
import { evidenceLevel } from './evidence-level.js';
import { TRUST_LEVELS, leastLevel } from './levels.js';
import type { TrustLevel } from './levels.js';

/**
 * The level that a passport would have if a fresh answer said that it is not revoked: the least of its claim, its anchor's ceiling, and what the
 * evidence that has not expired at `nowMs` allows. 0 for a passport that is self-signed, of an unknown anchor, or expired at `nowMs`.
 *
 * @param nowMs milliseconds since the Unix epoch; default: when it was verified
 *
 * Throws `TypeError` for anything but what `verifyPassport` returned.
 */
export function staticTrustLevel(verified: VerifiedPassport, nowMs?: number): TrustLevel {
  assertVerifiedPassport(verified);
  return staticLevelAt(verified, nowMs ?? verified.verifiedAtMs);
}

function staticLevelAt(verified: VerifiedPassport, nowMs: number): TrustLevel {
  if (verified.standing !== 'anchored' || !(nowMs < verified.expiresAtMs)) return TRUST_LEVELS.unsigned;
  return leastLevel(verified.ceilingLevel, evidenceLevel(verified.evidence, nowMs));
}

/**
 * The level that a passport has: its static level where `status` says that a fresh answer found neither it nor any of its issuers revoked and that
 * answer is still fresh at `nowMs`; at most 1 otherwise, also where nobody was asked (`undefined`).
 *
 * @param nowMs milliseconds since the Unix epoch; default: when the status was checked, without one when the passport was verified
 *
 * Throws `TypeError` for anything but what `verifyPassport` and `checkStatus` returned, and for a status of another passport.
 */
export function effectiveTrustLevel(
  verified: VerifiedPassport,
  status: StatusOutcome | undefined,
  nowMs?: number,
): TrustLevel {
  assertVerifiedPassport(verified);
  if (status === undefined) return leastLevel(staticTrustLevel(verified, nowMs), TRUST_LEVELS.identified);
  assertStatusOutcome(status, verified.digest);
  const now = nowMs ?? status.checkedAtMs;
  const level = staticLevelAt(verified, now);
  return status.fresh && now < status.freshUntilMs ? level : leastLevel(level, TRUST_LEVELS.identified);
}
