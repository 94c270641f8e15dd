import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { issuerOf } from '../passport/types.js';
import type { Passport } from '../passport/types.js';
import { assertVerifiedPassport } from '../passport/verified-passport.js';
import type { VerifiedPassport } from '../passport/verified-passport.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import { askWithTimeout } from './ask.js';
import { judgeAnswer } from './judge-answer.js';
import type { Judgement } from './judge-answer.js';
import type { KnownRevocations } from './known-revocations.js';
import type { StatusFacts, StatusOutcome } from './outcome.js';
import type { StatusQuery, StatusSource } from './status-source.js';

export interface CheckStatusOptions {
  /** Milliseconds since the Unix epoch. Default: the clock's time once the answers are there. */
  readonly now?: number;
  readonly clock?: Clock;
  /** How old an answer may be, milliseconds, however long its authority stands by it. Default 60,000. */
  readonly maxAgeMs?: number;
  /**
   * How old a good answer may be where no fresh one is to be had, milliseconds: it counts as fresh then, and the outcome says so. Default: none counts.
   */
  readonly staleMaxAgeMs?: number;
  /** How long to wait for an answer, milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
  /** How far ahead of our clock an answer may have been made, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  /** What has been reported as revoked before; such a passport is refused without asking. What is found revoked now is added. */
  readonly revocations?: KnownRevocations;
  /** What the peer has presented beside its passport, for sources that can verify it. */
  readonly staple?: object;
}

/**
 * Asks whether an anchored passport, or any issuer in its chain, has been revoked. All are asked at once.
 *
 * Any answer `revoked` counts, however old it is. On return none of them is known as revoked; `fresh` says whether each was said to be good, by an answer
 * that is neither too old, nor expired, nor from the future. A source that rejects, does not answer in time, or answers with something else is a
 * source that knows nothing. For a passport that is not anchored nobody is asked and nothing is fresh.
 *
 * Throws `McpsError`: `passport_revoked`, `issuer_revoked`. `TypeError` for anything but what `verifyPassport` returned.
 */
export async function checkStatus(
  verified: VerifiedPassport,
  source: StatusSource,
  options: CheckStatusOptions = {},
): Promise<StatusOutcome> {
  assertVerifiedPassport(verified);
  const {
    clock = systemClock,
    maxAgeMs = 60_000,
    timeoutMs = 5_000,
    futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS,
    revocations,
    staple,
    staleMaxAgeMs,
  } = options;
  const subjects = subjectsOf(verified, staple);
  for (const subject of subjects) refuseKnown(subject, revocations);
  const answers = await Promise.all(subjects.map(({ query }) => askWithTimeout(source, query, timeoutMs)));
  const now = options.now ?? clock();
  const stale = staleMaxAgeMs === undefined ? {} : { staleMaxAgeMs };
  const judging = { now, maxAgeMs, futureToleranceMs, ...stale };
  const judgements = answers.map((answer) => judgeAnswer(answer, judging));
  subjects.forEach((subject, index) => {
    if (judgements[index]?.status === 'revoked')
      revocations?.add(subject.query.anchor, subject.query.passportId, subject.untilMs);
  });
  subjects.forEach((subject, index) => {
    // Asked again: another call may have learned of a revocation while this one was waiting.
    refuseKnown(subject, revocations);
    if (judgements[index]?.status === 'revoked') throw new McpsError(subject.reason);
  });
  return markVerified(outcomeOf(verified.digest, judgements, revocations?.isComplete ?? true, now), 'status');
}

/**
 * Refuses a passport that has been reported as revoked, or below an issuer that has, without asking anybody.
 *
 * Throws `McpsError`: `passport_revoked`, `issuer_revoked`.
 */
export function refuseRevoked({ passport, anchor, chain }: VerifiedPassport, revocations: KnownRevocations): void {
  if (anchor === undefined) return;
  if (revocations.has(anchor.issuer, passport.passport_id)) throw new McpsError('passport_revoked');
  for (const issuer of chain) {
    if (revocations.has(anchor.issuer, issuer.passport.passport_id)) throw new McpsError('issuer_revoked');
  }
}

interface Subject {
  readonly query: StatusQuery;
  readonly reason: 'passport_revoked' | 'issuer_revoked';
  /** When the passport expires, and a revocation of it ceases to matter. */
  readonly untilMs: number;
}

function subjectsOf({ passport, digest, anchor, chain }: VerifiedPassport, staple: object | undefined): Subject[] {
  if (anchor === undefined) return [];
  const subject = (
    of: Passport,
    itsDigest: string,
    reason: Subject['reason'],
    beside: Pick<StatusQuery, 'below' | 'staple'>,
  ): Subject => {
    const statusIndex = of.ext?.status_index;
    return {
      query: {
        passportId: of.passport_id,
        digest: itsDigest,
        issuer: issuerOf(of),
        anchor: anchor.issuer,
        ...(statusIndex === undefined ? {} : { statusIndex }),
        ...beside,
      },
      reason,
      untilMs: parseTimestamp(of.expires_at),
    };
  };
  const below = Object.freeze({ passportId: passport.passport_id, digest });
  return [
    subject(passport, digest, 'passport_revoked', staple === undefined ? {} : { staple }),
    ...chain.map((issuer) => subject(issuer.passport, issuer.digest, 'issuer_revoked', { below })),
  ];
}

function refuseKnown({ query, reason }: Subject, revocations: KnownRevocations | undefined): void {
  if (revocations?.has(query.anchor, query.passportId) === true) throw new McpsError(reason);
}

function outcomeOf(digest: string, judgements: readonly Judgement[], complete: boolean, now: number): StatusFacts {
  const common = { digest, checkedAtMs: now };
  let freshUntilMs = Number.POSITIVE_INFINITY;
  let isStale = false;
  for (const judgement of judgements) {
    if (judgement.status === 'good') {
      freshUntilMs = Math.min(freshUntilMs, judgement.freshUntilMs);
      isStale ||= judgement.isStale;
    } else if (judgement.status === 'not-fresh')
      return { ...common, fresh: false, reason: judgement.fault, freshUntilMs: now };
  }
  if (judgements.length === 0 || !complete) {
    return { ...common, fresh: false, reason: 'status_unavailable', freshUntilMs: now };
  }
  return { ...common, fresh: true, freshUntilMs, ...(isStale ? { isStale } : {}) };
}
