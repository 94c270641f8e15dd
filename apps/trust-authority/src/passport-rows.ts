import { parsePassport, passportDigest } from '@mcps/protocol';
import { canonicalize } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { issuerOf, isPassportId, parseTimestamp } from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';
import type { NewPassport } from './ledger/batch.js';
import type { PassportRecord, RevocationReason } from './passport-record.js';
import type { PassportRow } from './store/repository.js';

/** The row of a passport that has just been signed. */
export async function rowOf(passport: Passport, key: PublicKey, supersedes: string | null): Promise<NewPassport> {
  const issuer = issuerOf(passport);
  return {
    id: passport.passport_id,
    digest: await passportDigest(passport),
    name: passport.agent.name,
    version: passport.agent.version,
    key_thumbprint: key.thumbprint,
    body: canonicalize(passport),
    issuer_id: isPassportId(issuer) ? issuer : null,
    status_index: passport.ext?.status_index ?? null,
    issued_at: parseTimestamp(passport.issued_at),
    expires_at: parseTimestamp(passport.expires_at),
    supersedes,
  };
}

/** What the authority knows of a passport. A revocation outlives the expiry. */
export function recordOf(row: PassportRow, nowMs: number): PassportRecord {
  const { passport } = parsePassport(row.body);
  const isRevoked = row.revocation_epoch !== null;
  return {
    passport,
    id: row.id,
    digest: row.digest,
    status: isRevoked ? 'REVOKED' : nowMs < row.expires_at ? 'VALID' : 'EXPIRED',
    issuedAtMs: row.issued_at,
    expiresAtMs: row.expires_at,
    keyThumbprint: row.key_thumbprint,
    leafIndex: row.leaf_index,
    ...(row.status_index === null ? {} : { statusIndex: row.status_index }),
    ...(row.supersedes === null ? {} : { supersedes: row.supersedes }),
    ...(row.superseded_by === null ? {} : { supersededBy: row.superseded_by }),
    ...(row.superseded_at === null ? {} : { supersededAtMs: row.superseded_at }),
    ...(row.revocation_epoch === null
      ? {}
      : {
          revocation: {
            passportId: row.id,
            reason: row.revocation_reason as RevocationReason,
            revokedAtMs: row.revoked_at ?? 0,
            epoch: row.revocation_epoch,
            leafIndex: row.revocation_leaf ?? 0,
          },
        }),
  };
}
