import { McpsError } from '../errors/index.js';
import { verifyEnvelope } from '../envelope/index.js';
import type { UnverifiedMessage, VerifiedMessage, VerifyEnvelopeOptions } from '../envelope/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { compareVersions } from '../negotiation/index.js';
import { verifyPassport } from '../passport/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { takeProfile } from '../profile/index.js';
import type { ProfileMembers } from '../profile/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import { admit, checkFloor, checkTime, stillValid } from './admission.js';
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
  const timestampMs = checkTime(unverified.envelope, config, now);
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
  const { version, nonce } = verified.envelope;
  const { retryOf } = members;
  const candidate = {
    version,
    nonce,
    retryOf,
    timestampMs,
    staple: members.passport?.staple,
    boundByHandshake: bound,
  };
  const level = await admit(candidate, passport, config, now);
  // One that we knew is in the store already, or pinned to this very session.
  if (passport !== known) await config.passportStore.put(passport);
  return { verified, message, members, passport, level, step };
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
