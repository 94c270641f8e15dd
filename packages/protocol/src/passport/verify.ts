import { CryptoError } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { TrustAnchors } from '../anchor/trust-anchors.js';
import type { TrustAnchor } from '../anchor/trust-anchor.js';
import { checkDelegation } from '../chain/delegation.js';
import { isWithinCapabilities } from '../chain/issuing-right.js';
import type { ChainCompatibility } from '../chain/issuing-right.js';
import { traceIssuers } from '../chain/links.js';
import { verifyChainSignatures, verifyPassportSignature } from '../chain/signatures.js';
import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { assessEvidence } from '../evidence/assess.js';
import type { EvidenceStanding } from '../evidence/assess.js';
import { importKey, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { evidenceLevel } from '../trust-level/evidence-level.js';
import { TRUST_LEVELS, leastLevel } from '../trust-level/levels.js';
import { markVerified } from '../verified/verified.js';
import { passportDigestSteps } from './digest.js';
import { validateOrigin } from './origin.js';
import { isParsedPassport, parsePassport } from './parse.js';
import type { PassportSource, UnverifiedPassport } from './parse.js';
import { SELF_ISSUER, issuerOf } from './types.js';
import type { Passport } from './types.js';
import { checkPassportValidity } from './validity.js';
import type { ChainElement, PassportFacts, VerifiedPassport } from './verified-passport.js';

export interface VerifyPassportOptions {
  /** Whom to believe. With an empty set every passport is at most `unknown-anchor`. */
  readonly anchors: TrustAnchors;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly now?: number;
  readonly clock?: Clock;
  /** The id that an envelope has named; another one is refused. */
  readonly expectedPassportId?: string;
  /** The origin that the passport must be bound to. Not checked when absent. */
  readonly expectedOrigin?: string;
  /** How far ahead of our clock a passport may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly compatibility?: ChainCompatibility;
}

/**
 * Verifies a passport. The checks run in this order, and the first fault decides the error: size, shape and number of issuers (`parsePassport`), the
 * expected id, time, origin, chain, key.
 *
 * On return: the passport is well-formed and valid now, and its key is a P-256 key. If `standing` is `anchored`, every signature from the anchor's key
 * down has been verified, every issuer is valid now, had the right to issue, and gave no more than it had. If it is `self-signed`, a signature, where there is
 * one, is by its own key. If it is `unknown-anchor`, its issuers could not be verified. A signature by a name that is configured but a key that is
 * not is a forgery and refused, not level 0. Nothing is known of revocation yet: see `checkStatus`.
 *
 * Throws `McpsError`: `passport_too_large`, `passport_malformed`, `chain_too_deep`, `passport_id_mismatch`, `passport_expired`,
 * `passport_not_yet_valid`, `origin_mismatch`, `chain_malformed`, `chain_link_mismatch`, `chain_expired`, `issuing_not_permitted`,
 * `issuing_depth_exceeded`, `issuing_level_exceeded`, `issuing_capabilities_exceeded`, `issuing_expiry_exceeded`, `passport_signature_invalid`,
 * `passport_key_invalid`. `TypeError` for anchors that `createTrustAnchors` has not made.
 */
export function verifyPassport(
  source: PassportSource | UnverifiedPassport,
  options: VerifyPassportOptions,
): Promise<VerifiedPassport> {
  return runAsync(verifyPassportSteps(source, options));
}

export function* verifyPassportSteps(
  source: PassportSource | UnverifiedPassport,
  options: VerifyPassportOptions,
): Procedure<VerifiedPassport> {
  const {
    anchors,
    clock = systemClock,
    now = clock(),
    expectedPassportId,
    expectedOrigin,
    compatibility = {},
  } = options;
  const { futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
  if (!(anchors instanceof TrustAnchors)) throw new TypeError('anchors must come from createTrustAnchors');
  const { passport } = isParsedPassport(source) ? source : parsePassport(source);
  if (expectedPassportId !== undefined && passport.passport_id !== expectedPassportId) {
    throw new McpsError('passport_id_mismatch');
  }
  const time = { now, futureToleranceMs };
  checkPassportValidity(passport, time);
  if (expectedOrigin !== undefined) validateOrigin(passport, expectedOrigin);

  if (issuerOf(passport) === SELF_ISSUER) {
    if (passport.issuer_chain.length > 0) throw new McpsError('chain_malformed');
    const publicKey = yield* passportKey(passport);
    if (passport.signature !== undefined) yield* verifyPassportSignature(passport, [publicKey]);
    return yield* accept(passport, publicKey, now, { standing: 'self-signed', pool: 'self' });
  }

  const { anchor, issuers } = traceIssuers(passport, anchors, compatibility);
  if (anchor === undefined) {
    return yield* accept(passport, yield* passportKey(passport), now, { standing: 'unknown-anchor', pool: 'unknown' });
  }
  for (const issuer of issuers) checkIssuerValidity(issuer, time);
  checkDelegation(passport, issuers, compatibility);
  checkCeiling(passport, anchor);
  yield* verifyChainSignatures(passport, issuers, anchor);
  const publicKey = yield* passportKey(passport);
  const evidence = yield* assessEvidence(passport, publicKey, { anchors, ...time });
  return yield* accept(passport, publicKey, now, { standing: 'anchored', anchor, issuers, evidence });
}

type Finding =
  | { readonly standing: 'self-signed' | 'unknown-anchor'; readonly pool: string }
  | {
      readonly standing: 'anchored';
      readonly anchor: TrustAnchor;
      readonly issuers: readonly Passport[];
      readonly evidence: EvidenceStanding;
    };

function* accept(passport: Passport, publicKey: PublicKey, now: number, finding: Finding): Procedure<VerifiedPassport> {
  const common = {
    passport,
    id: passport.passport_id,
    digest: yield* passportDigestSteps(passport),
    publicKey,
    expiresAtMs: parseTimestamp(passport.expires_at),
    verifiedAtMs: now,
  };
  if (finding.standing !== 'anchored') {
    const none = { chain: Object.freeze([]), ceilingLevel: TRUST_LEVELS.unsigned, staticLevel: TRUST_LEVELS.unsigned };
    const identity = `${finding.pool}/${publicKey.thumbprint}`;
    const facts: PassportFacts = {
      ...common,
      ...none,
      standing: finding.standing,
      evidence: Object.freeze({}),
      identity,
    };
    return markVerified(facts, 'passport');
  }
  const { standing, anchor, issuers, evidence } = finding;
  const chain: ChainElement[] = [];
  for (const issuer of issuers) {
    chain.push(Object.freeze({ passport: issuer, digest: yield* passportDigestSteps(issuer) }));
  }
  const ceilingLevel = leastLevel(passport.trust_level, anchor.ceiling.level);
  const facts: PassportFacts = {
    ...common,
    standing,
    anchor,
    chain: Object.freeze(chain),
    ceilingLevel,
    staticLevel: leastLevel(ceilingLevel, evidenceLevel(evidence, now)),
    evidence,
    identity: `${anchor.issuer}/${passport.passport_id}`,
  };
  return markVerified(facts, 'passport');
}

function checkIssuerValidity(issuer: Passport, time: { now: number; futureToleranceMs: number }): void {
  try {
    checkPassportValidity(issuer, time);
  } catch (error) {
    if (error instanceof McpsError && error.reason === 'passport_expired') throw new McpsError('chain_expired');
    throw error;
  }
}

// The anchor's ceiling on levels caps quietly, but the capabilities are read from the passport itself: a list that says more than is believed
// would sooner or later be taken at its word.
function checkCeiling(passport: Passport, anchor: TrustAnchor): void {
  if (!isWithinCapabilities(passport.agent.capabilities, anchor.ceiling.capabilities)) {
    throw new McpsError('issuing_capabilities_exceeded');
  }
}

function* passportKey(passport: Passport): Procedure<PublicKey> {
  if (passport.public_key === null) throw new McpsError('passport_key_invalid');
  try {
    return yield* importKey(passport.public_key);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('passport_key_invalid', {}, { cause: error });
  }
}
