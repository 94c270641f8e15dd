import { checkFreshness } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import { checkPassportValidity } from '../passport/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { UNANCHORED_POOL } from '../replay/index.js';
import type { ReplayEntry, ReplayOutcome } from '../replay/index.js';
import type { Envelope } from '../revision/index.js';
import { checkStatus, refuseRevoked } from '../status/index.js';
import type { StatusOutcome } from '../status/index.js';
import { effectiveTrustLevel, staticTrustLevel } from '../trust-level/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import type { SecurityConfig } from './security-options.js';

/** What has been signed by the holder of a passport, and belongs where it arrived: all that is left to be decided is whether to admit it. */
export interface Candidate {
  /** The revision of its envelope. */
  readonly version: string;
  readonly nonce: string;
  /** The nonce of a first try, which counts as used as well. */
  readonly retryOf: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number;
  readonly staple: object | undefined;
  /** A fresh handshake keeps old ones out: the floor of the replay store has nothing to add. */
  readonly boundByHandshake: boolean;
}

/**
 * The checks that come after the session's, in their order: static level, rate, nonce, revocation, effective level. Returns the effective level.
 *
 * Throws `McpsError` with the reason of the first check that fails.
 */
export async function admit(
  candidate: Candidate,
  passport: VerifiedPassport,
  config: SecurityConfig,
  now: number,
): Promise<TrustLevel> {
  requireLevel(staticTrustLevel(passport, now), config, 'level_insufficient');
  await chargeRate(passport, config, now);
  await consumeNonces(candidate, passport, config, now);
  // A store that is elsewhere may have found out just now that it lost its memory.
  if (!candidate.boundByHandshake) checkFloor(candidate.timestampMs, config, now);
  const status = await statusOf(passport, candidate.staple, config, now);
  const level = effectiveTrustLevel(passport, status);
  requireLevel(level, config, 'effective_level_insufficient');
  return level;
}

/** When a signed thing was made, milliseconds; held to the window of the configuration. Throws as `checkFreshness` does. */
export function checkTime(envelope: Envelope, config: SecurityConfig, now: number): number {
  const { windowMs, futureToleranceMs } = config;
  return checkFreshness(envelope, { now, windowMs, futureToleranceMs });
}

/** What may have been accepted before the store lost its memory is not accepted again. Throws `below_store_floor`. */
export function checkFloor(timestampMs: number, { windowMs, replayStore }: SecurityConfig, now: number): void {
  if (timestampMs + windowMs <= replayStore.floorMs()) throw new McpsError('below_store_floor', { serverTime: now });
}

/** A passport that was verified before, at this time. Throws `unknown_passport`, `passport_expired`, `passport_not_yet_valid`. */
export function stillValid(known: VerifiedPassport | undefined, config: SecurityConfig, now: number): VerifiedPassport {
  if (known === undefined) throw new McpsError('unknown_passport');
  const { futureToleranceMs } = config;
  // Later than when it was verified, only its end is still to come.
  if (now < known.verifiedAtMs) checkPassportValidity(known.passport, { now, futureToleranceMs });
  else if (!(now < known.expiresAtMs)) throw new McpsError('passport_expired');
  return known;
}

function requireLevel(
  level: TrustLevel,
  config: SecurityConfig,
  reason: 'level_insufficient' | 'effective_level_insufficient',
): void {
  if (level < config.minTrustLevel) throw new McpsError(reason, { minTrustLevel: config.minTrustLevel });
}

async function chargeRate(passport: VerifiedPassport, config: SecurityConfig, now: number): Promise<void> {
  // Identities that cost nothing to make share one allowance, as they share one place in the replay store.
  const payer = passport.standing === 'anchored' ? passport.identity : UNANCHORED_POOL;
  const outcome = await config.passportLimiter.take(payer, now).catch((error: unknown) => {
    throw new McpsError('rate_limiter_unavailable', {}, { cause: error });
  });
  if (!outcome.ok) throw new McpsError('rate_limited', { retryAfterMs: outcome.retryAfterMs });
}

async function consumeNonces(
  { version, nonce, retryOf, timestampMs }: Candidate,
  passport: VerifiedPassport,
  config: SecurityConfig,
  now: number,
): Promise<void> {
  const entry = (used: string): ReplayEntry => ({
    revision: version,
    passportId: passport.id,
    keyThumbprint: passport.publicKey.thumbprint,
    nonce: used,
    expiresAtMs: timestampMs + config.windowMs,
    pool: passport.anchor?.issuer ?? UNANCHORED_POOL,
  });
  const entries = retryOf === undefined ? [entry(nonce)] : [entry(nonce), entry(retryOf)];
  let outcome: ReplayOutcome;
  try {
    outcome = await config.replayStore.consume(entries, now);
  } catch (error) {
    throw new McpsError('replay_store_unavailable', {}, { cause: error });
  }
  if (outcome === 'repeated') throw new McpsError('nonce_repeated');
  if (outcome === 'full') throw new McpsError('replay_store_full', { retryAfterMs: config.windowMs });
  if (outcome === 'below-floor') throw new McpsError('below_store_floor', { serverTime: now });
}

async function statusOf(
  passport: VerifiedPassport,
  staple: object | undefined,
  config: SecurityConfig,
  now: number,
): Promise<StatusOutcome | undefined> {
  const {
    statusSource,
    statusMaxAgeMs: maxAgeMs,
    statusTimeoutMs: timeoutMs,
    futureToleranceMs,
    revocations,
    clock,
  } = config;
  if (statusSource === undefined) {
    refuseRevoked(passport, revocations);
    return undefined;
  }
  const policy = config.statusPolicies[staticTrustLevel(passport, now)] ?? 'fail-closed';
  const outcome = await checkStatus(passport, statusSource, {
    clock,
    maxAgeMs,
    timeoutMs,
    futureToleranceMs,
    revocations,
    ...(staple === undefined ? {} : { staple }),
    ...(typeof policy === 'string' ? {} : { staleMaxAgeMs: policy.maxAgeMs }),
  });
  if (!outcome.fresh && policy !== 'fail-open') throw new McpsError(outcome.reason ?? 'status_unavailable');
  return outcome;
}
