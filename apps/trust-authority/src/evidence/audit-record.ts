import { isPassportId } from '@mcps/protocol';
import { AuthorityError } from '../error.js';

/** The record of an audit: exactly these members. */
export interface AuditRecord {
  readonly passportId: string;
  readonly auditor: string;
  /** RFC 3339, UTC. */
  readonly auditedAt: string;
  readonly result: 'pass' | 'fail';
}

const NAMES = ['passport_id', 'auditor', 'audited_at', 'result', 'notes'];
const MAX_TEXT = 256;

/** Reads the record of an audit. Throws `AuthorityError` `evidence_invalid`. */
export function readAuditRecord(source: unknown): AuditRecord {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) throw invalid();
  const record = source as Readonly<Record<string, unknown>>;
  const { passport_id: passportId, auditor, audited_at: auditedAt, result, notes } = record;
  const isKnown = Object.keys(record).every((name) => NAMES.includes(name));
  if (!isKnown || !isPassportId(passportId) || !isText(auditor) || !isText(auditedAt)) throw invalid();
  if (notes !== undefined && !(typeof notes === 'string' && notes.length <= 100_000)) throw invalid();
  if ((result !== 'pass' && result !== 'fail') || Number.isNaN(Date.parse(auditedAt))) throw invalid();
  return { passportId, auditor, auditedAt, result };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
}

function invalid(): AuthorityError {
  return new AuthorityError(
    'evidence_invalid',
    'The record of an audit has passport_id, auditor, audited_at, result (pass or fail) and, if need be, notes.',
  );
}
