import { canonicalizeToBytes, importPublicKey, sha256Hex } from '@mcps/crypto';
import { createEvidence, formatTimestamp, parseTimestamp } from '@mcps/protocol';
import type { Clock, Evidence, TrustLevel } from '@mcps/protocol';
import type { EvidenceDesk, EvidenceResult } from '../authority.js';
import { AuthorityError } from '../error.js';
import type { IssuingService } from '../issuing/issuing-service.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { Ledger } from '../ledger/ledger.js';
import type { PassportRecord } from '../passport-record.js';
import { readAuditRecord } from './audit-record.js';
import { readSarif } from './sarif.js';

export interface EvidenceServiceOptions {
  readonly issuing: IssuingService;
  readonly ledger: Ledger;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** Takes reports about agents, logs what they say, and turns those in favour into evidence and a new passport. */
export class EvidenceService implements EvidenceDesk {
  readonly #options: EvidenceServiceOptions;

  constructor(options: EvidenceServiceOptions) {
    this.#options = options;
  }

  scan(passportId: string, report: unknown, _by: string): Promise<EvidenceResult> {
    const { critical } = readSarif(report);
    return this.#judge('scan', passportId, report, critical === 0);
  }

  async audit(passportId: string, record: unknown, _by: string): Promise<EvidenceResult> {
    const { passportId: about, result } = readAuditRecord(record);
    if (about !== passportId) throw new AuthorityError('evidence_invalid', 'The record is about another passport.');
    return this.#judge('audit', passportId, record, result === 'pass');
  }

  async #judge(type: 'scan' | 'audit', passportId: string, report: unknown, passed: boolean): Promise<EvidenceResult> {
    const { issuing, keys, clock } = this.#options;
    const previous = await issuing.get(passportId);
    if (previous === undefined) throw new AuthorityError('passport_unknown', 'This authority issued no such passport.');
    if (previous.status !== 'VALID') {
      const code = previous.status === 'REVOKED' ? 'passport_revoked' : 'passport_expired';
      throw new AuthorityError(code, 'The passport does not count any more.');
    }
    await this.#log(type, previous, report, passed);
    if (!passed) throw new AuthorityError('evidence_negative', 'The report speaks against the agent.');
    const key = await importPublicKey(previous.passport.public_key ?? {});
    const evidence = await createEvidence(
      {
        type,
        issuer: keys.issuer,
        passport: previous.passport,
        issuedAtMs: clock(),
        expiresAtMs: parseTimestamp(previous.passport.expires_at),
      },
      keys.evidence(),
    );
    const others = (previous.passport.ext?.evidence ?? []).filter((other) => other.type !== type);
    const all: readonly Evidence[] = [...others, evidence];
    const issued = await issuing.succeed({
      previous,
      key,
      level: levelWith(previous.passport.trust_level, all),
      ttlSeconds: Math.max(1, Math.floor((previous.expiresAtMs - clock()) / 1000)),
      evidence: all,
    });
    return { evidence, issued };
  }

  async #log(type: 'scan' | 'audit', previous: PassportRecord, report: unknown, passed: boolean): Promise<void> {
    const digest = await sha256Hex(canonicalizeToBytes(report));
    await this.#options.ledger.submit({
      apply: (batch) =>
        batch.log({
          type,
          at: formatTimestamp(batch.now),
          passport_id: previous.id,
          passport_digest: previous.digest,
          result: passed ? 'pass' : 'fail',
          report_digest: digest,
        }),
    });
  }
}

/** Level 3 needs a scan, level 4 an audit as well. */
function levelWith(level: TrustLevel, evidence: readonly Evidence[]): TrustLevel {
  const has = (type: Evidence['type']) => evidence.some((one) => one.type === type);
  if (!has('scan')) return level > 2 ? 2 : level;
  return has('audit') ? 4 : 3;
}
