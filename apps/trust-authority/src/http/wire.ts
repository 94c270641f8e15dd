import { formatTimestamp } from '@mcps/protocol';
import type { PassportRecord, Revocation } from '../passport-record.js';

/** A record as it goes over the wire. */
export function passportRecordToWire(record: PassportRecord): Readonly<Record<string, unknown>> {
  const { revocation } = record;
  return {
    passport: record.passport,
    status: record.status,
    digest: record.digest,
    issued_at: formatTimestamp(record.issuedAtMs),
    expires_at: formatTimestamp(record.expiresAtMs),
    key_thumbprint: record.keyThumbprint,
    status_index: record.statusIndex,
    supersedes: record.supersedes,
    superseded_by: record.supersededBy,
    superseded_at: record.supersededAtMs === undefined ? undefined : formatTimestamp(record.supersededAtMs),
    revocation:
      revocation === undefined
        ? undefined
        : {
            reason: revocation.reason,
            revoked_at: formatTimestamp(revocation.revokedAtMs),
            epoch: revocation.epoch,
          },
    log_index: record.leafIndex,
  };
}

export function revocationToWire(
  revocation: Revocation & { readonly isNew: boolean },
): Readonly<Record<string, unknown>> {
  return {
    passport_id: revocation.passportId,
    reason: revocation.reason,
    revoked_at: formatTimestamp(revocation.revokedAtMs),
    epoch: revocation.epoch,
    is_new: revocation.isNew,
  };
}
