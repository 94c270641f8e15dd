import type { EvidenceStanding } from '../evidence/assess.js';
import { TRUST_LEVELS } from './levels.js';
import type { TrustLevel } from './levels.js';

/** The highest level that evidence allows at an instant: 2 without an unexpired scan, 3 with one, 4 with an unexpired audit as well. */
export function evidenceLevel(evidence: EvidenceStanding, nowMs: number): TrustLevel {
  const { scanUntilMs, auditUntilMs } = evidence;
  if (scanUntilMs === undefined || !(nowMs < scanUntilMs)) return TRUST_LEVELS.verified;
  if (auditUntilMs === undefined || !(nowMs < auditUntilMs)) return TRUST_LEVELS.scanned;
  return TRUST_LEVELS.audited;
}
