import type { PublicKey } from '@mcps/crypto';
import type { TrustAnchor } from '../anchor/trust-anchor.js';
import type { TrustAnchors } from '../anchor/trust-anchors.js';
import type { Passport } from '../passport/types.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import { parseTimestamp } from '../time/index.js';
import { TRUST_LEVELS } from '../trust-level/levels.js';
import type { TrustLevel } from '../trust-level/levels.js';
import type { Evidence, EvidenceType } from './types.js';

/** Until when a passport has evidence of each type, milliseconds since the Unix epoch; absent where it has none that counts. */
export interface EvidenceStanding {
  readonly scanUntilMs?: number;
  readonly auditUntilMs?: number;
}

export interface AssessEvidenceOptions {
  readonly anchors: TrustAnchors;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly futureToleranceMs: number;
}

/** The trust level that each type of evidence is needed for. */
const LEVEL_OF: Readonly<Record<EvidenceType, TrustLevel>> = {
  scan: TRUST_LEVELS.scanned,
  audit: TRUST_LEVELS.audited,
};

/**
 * Finds the evidence in a passport that counts: its subject is this passport's agent name, version and key; it has been issued, has not expired, and
 * ends no later than the passport; its issuer is one of the anchors, with a ceiling of at least 3 for a scan and 4 for an audit; and one of that
 * anchor's evidence keys has signed it. Evidence that does not count is no fault of the passport: it lends no level.
 */
export function* assessEvidence(
  passport: Passport,
  publicKey: PublicKey,
  options: AssessEvidenceOptions,
): Procedure<EvidenceStanding> {
  let scanUntilMs: number | undefined;
  let auditUntilMs: number | undefined;
  for (const evidence of passport.ext?.evidence ?? []) {
    const anchor = options.anchors.get(evidence.issuer);
    if (anchor === undefined || !isApplicable(evidence, passport, publicKey, anchor, options)) continue;
    if (!(yield* isSignedByAny(anchor.evidenceKeys, 'evidence', evidence))) continue;
    const untilMs = parseTimestamp(evidence.expires_at);
    if (evidence.type === 'scan') scanUntilMs = Math.max(scanUntilMs ?? untilMs, untilMs);
    else auditUntilMs = Math.max(auditUntilMs ?? untilMs, untilMs);
  }
  return Object.freeze({
    ...(scanUntilMs === undefined ? {} : { scanUntilMs }),
    ...(auditUntilMs === undefined ? {} : { auditUntilMs }),
  });
}

function isApplicable(
  evidence: Evidence,
  passport: Passport,
  publicKey: PublicKey,
  anchor: TrustAnchor,
  { now, futureToleranceMs }: AssessEvidenceOptions,
): boolean {
  const { subject } = evidence;
  const expiresAtMs = parseTimestamp(evidence.expires_at);
  return (
    subject.name === passport.agent.name &&
    subject.version === passport.agent.version &&
    subject.key === publicKey.thumbprint &&
    parseTimestamp(evidence.issued_at) <= now + futureToleranceMs &&
    now < expiresAtMs &&
    expiresAtMs <= parseTimestamp(passport.expires_at) &&
    anchor.ceiling.level >= LEVEL_OF[evidence.type]
  );
}
