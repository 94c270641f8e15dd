import { McpsError } from '../errors/index.js';
import { checkFreshness, verifyEnvelope } from '../envelope/index.js';
import type { UnverifiedMessage, VerifiedMessage, VerifyEnvelopeOptions } from '../envelope/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { compareVersions } from '../negotiation/index.js';
import { checkPassportValidity, verifyPassport } from '../passport/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { takeProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { UNANCHORED_POOL } from '../replay/index.js';
import type { ReplayEntry, ReplayOutcome } from '../replay/index.js';
import { checkStatus, refuseRevoked } from '../status/index.js';
import type { StatusOutcome } from '../status/index.js';
import { effectiveTrustLevel, staticTrustLevel } from '../trust-level/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import type { SecurityConfig } from './security-options.js';

/**
 * What a verified message is to the handshake; `pending` where it came in the midst of one, `opening` where it came in place of one, `discover` what
 * introduces both sides where there is none.
 */
export type HandshakeStep = 'initialize' | 'initialized' | 'pending' | 'opening' | 'discover';

/** The part of the order of checks that depends on the state of one connection. */
export interface ConnectionRules {
  /** The verified passport of the peer that this session is pinned to. */
  readonly pinned: VerifiedPassport | undefined;
  /**
   * Whether a fresh handshake of our own already keeps old messages out, so that the replay store's floor has nothing to add. Decided on unverified
   * claims: what they claim is verified in `check`.
   */
  boundByHandshake(unverified: UnverifiedMessage, claims: ProfileMembers): boolean;
  /** Which step of the handshake a message is; `undefined` for one that belongs to the session, or stands for itself. */
  step(verified: VerifiedMessage, members: ProfileMembers): HandshakeStep | undefined;
  /** The session stage of a message that is no step: pin, transcript state, context, reply binding. Throws `McpsError`. */
  check(verified: VerifiedMessage, members: ProfileMembers, passport: VerifiedPassport): void;
  /** The session stage of a step of the handshake. Throws `McpsError`. */
  checkStep(
    step: HandshakeStep,
    verified: VerifiedMessage,
    members: ProfileMembers,
    passport: VerifiedPassport,
  ): Promise<void>;
}

/** A message that has passed every check. */
export interface AcceptedMessage {
  readonly verified: VerifiedMessage;
  /** As the application at the other end sent it. */
  readonly message: JsonObject;
  readonly members: ProfileMembers;
  readonly passport: VerifiedPassport;
  readonly level: TrustLevel;
  /** As it was when the message was checked: our own side may have moved the handshake on since. */
  readonly step: HandshakeStep | undefined;
}

/**
 * Takes a signed message through the order of checks, from time to effective level. The order is normative: the first fault decides the code, and
 * nothing is stored for, or charged to, an identity before its signature has been verified.
 *
 * Throws `McpsError` with the reason of the first check that fails.
 */
export async function acceptMessage(
  unverified: UnverifiedMessage,
  config: SecurityConfig,
  rules: ConnectionRules,
): Promise<AcceptedMessage> {
  const now = config.clock();
  const { message, members } = takeProfile(unverified.message, unverified.kind);
  const timestampMs = checkTime(unverified, config, now);
  const bound = rules.boundByHandshake(unverified, members);
  if (!bound) checkFloor(timestampMs, config, now);
  // A message in our own name is one of ours thrown back, or a forgery: the signature tells which.
  if (unverified.envelope.passportId === config.passport.passport_id) await refuseOwn(unverified, config);
  const known = pinnedPassport(unverified, rules) ?? (await config.passportStore.get(unverified.envelope.passportId));
  const presented = members.passport?.passport;
  const passport =
    presented === undefined
      ? stillValid(known, config, now)
      : await verifyPresented(presented, unverified, known, config, now);
  // A key that issues passports signs nothing else: whoever got it to sign a message could get it to sign a passport.
  if (passport.passport.ext?.issuing !== undefined) throw new McpsError('passport_is_issuing');
  if (config.expectedPeers?.includes(passport.id) === false) throw new McpsError('origin_mismatch');
  const verified = await verifyEnvelope(unverified, passport.publicKey, signatureOptions(config));
  if (passport.publicKey.thumbprint === config.publicKey.thumbprint) throw new McpsError('signer_is_self');
  checkMinVersion(verified, passport);
  const step = rules.step(verified, members);
  if (step === undefined) rules.check(verified, members, passport);
  else await rules.checkStep(step, verified, members, passport);
  requireLevel(staticTrustLevel(passport, now), config, 'level_insufficient');
  await chargeRate(passport, config, now);
  await consumeNonces(verified, members, passport, config, now);
  // A store that is elsewhere may have found out just now that it lost its memory.
  if (!bound) checkFloor(timestampMs, config, now);
  const status = await statusOf(passport, members, config, now);
  const level = effectiveTrustLevel(passport, status);
  requireLevel(level, config, 'effective_level_insufficient');
  // One that we knew is in the store already, or pinned to this very session.
  if (passport !== known) await config.passportStore.put(passport);
  return { verified, message, members, passport, level, step };
}

function checkTime(unverified: UnverifiedMessage, config: SecurityConfig, now: number): number {
  const { windowMs, futureToleranceMs } = config;
  return checkFreshness(unverified.envelope, { now, windowMs, futureToleranceMs });
}

function checkFloor(timestampMs: number, { windowMs, replayStore }: SecurityConfig, now: number): void {
  if (timestampMs + windowMs <= replayStore.floorMs()) throw new McpsError('below_store_floor', { serverTime: now });
}

async function refuseOwn(unverified: UnverifiedMessage, config: SecurityConfig): Promise<never> {
  await verifyEnvelope(unverified, config.publicKey, signatureOptions(config));
  throw new McpsError('signer_is_self');
}

/** Whoever holds a passport that names a lowest version never signs in a lower one: somebody has talked them down, or has their old key. */
function checkMinVersion({ envelope }: VerifiedMessage, { passport }: VerifiedPassport): void {
  const lowest = passport.ext?.min_version;
  if (lowest !== undefined && compareVersions(envelope.version, lowest) < 0) throw new McpsError('downgrade');
}

function signatureOptions({ channelBinding, requireLowS }: SecurityConfig): VerifyEnvelopeOptions {
  return { requireLowS, ...(channelBinding === undefined ? {} : { channelBinding }) };
}

function pinnedPassport({ envelope }: UnverifiedMessage, { pinned }: ConnectionRules): VerifiedPassport | undefined {
  return pinned?.id === envelope.passportId ? pinned : undefined;
}

function stillValid(known: VerifiedPassport | undefined, config: SecurityConfig, now: number): VerifiedPassport {
  if (known === undefined) throw new McpsError('unknown_passport');
  const { futureToleranceMs } = config;
  // Later than when it was verified, only its end is still to come.
  if (now < known.verifiedAtMs) checkPassportValidity(known.passport, { now, futureToleranceMs });
  else if (!(now < known.expiresAtMs)) throw new McpsError('passport_expired');
  return known;
}

async function verifyPresented(
  presented: object,
  { envelope }: UnverifiedMessage,
  known: VerifiedPassport | undefined,
  config: SecurityConfig,
  now: number,
): Promise<VerifiedPassport> {
  const passport = await verifyPassport(presented, {
    anchors: config.anchors,
    now,
    expectedPassportId: envelope.passportId,
    ...(config.expectedOrigin === undefined ? {} : { expectedOrigin: config.expectedOrigin }),
    futureToleranceMs: config.futureToleranceMs,
    compatibility: { issuingRightOptional: config.allowChainsWithoutIssuingRight },
  });
  // An authority never gives an id twice: of two passports with one, the one that came first stays.
  if (known !== undefined && known.anchor?.issuer === passport.anchor?.issuer && known.digest !== passport.digest) {
    throw new McpsError('passport_id_conflict');
  }
  return passport;
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
  verified: VerifiedMessage,
  members: ProfileMembers,
  passport: VerifiedPassport,
  config: SecurityConfig,
  now: number,
): Promise<void> {
  const entry = (nonce: string): ReplayEntry => ({
    revision: verified.envelope.version,
    passportId: passport.id,
    keyThumbprint: passport.publicKey.thumbprint,
    nonce,
    expiresAtMs: verified.timestampMs + config.windowMs,
    pool: passport.anchor?.issuer ?? UNANCHORED_POOL,
  });
  const { nonce } = verified.envelope;
  const entries = members.retryOf === undefined ? [entry(nonce)] : [entry(nonce), entry(members.retryOf)];
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
  members: ProfileMembers,
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
  const staple = members.passport?.staple;
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
