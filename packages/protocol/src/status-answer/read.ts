import { Members } from '../passport/members.js';
import type { MemberSet } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { isPassportId } from '../passport/passport-id.js';
import { SMALL_STATEMENT, privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { parseTimestamp } from '../time/index.js';
import { readTreeHeadReference } from '../tree-head/reference.js';
import { MAX_STAPLE_LIFETIME_MS, MAX_STATUS_LIFETIME_MS } from './types.js';
import type { PassportStatus, SignedStatus, Staple, StatusStatement } from './types.js';

const STAPLE = {
  required: [
    'authority',
    'passport_id',
    'passport_digest',
    'status',
    'epoch',
    'produced_at',
    'expires_at',
    'tree_head',
    'signature',
  ],
};
const STATUS = { ...STAPLE, optional: ['reason', 'revoked_at'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;
const STATUSES: ReadonlySet<unknown> = new Set<PassportStatus>(['VALID', 'REVOKED', 'EXPIRED', 'UNKNOWN']);

/**
 * Reads a status: exact members, types and formats, a reason and a time where and only where it says `REVOKED`, a life time of at most 300 s. Nothing is
 * verified; frozen. Throws `McpsError` `status_invalid`.
 */
export function readSignedStatus(source: StatementSource): SignedStatus {
  const members: Members = open(source, STATUS);
  const status = members.value('status');
  if (!isPassportStatus(status)) members.fail();
  const isRevoked = status === 'REVOKED';
  if (members.has('reason') !== isRevoked || members.has('revoked_at') !== isRevoked) members.fail();
  const isUnknown = status === 'UNKNOWN';
  if ((members.value('passport_digest') === null) !== isUnknown) members.fail();
  return deepFreeze({
    ...readCommon(members, MAX_STATUS_LIFETIME_MS),
    passport_digest: isUnknown ? null : members.matching('passport_digest', SHA256_HEX),
    status,
    ...(isRevoked ? { reason: members.text('reason'), revoked_at: members.timestamp('revoked_at') } : {}),
  });
}

/**
 * Reads a staple: exact members, types and formats, `VALID` and nothing else, a life time of at most 3,600 s. Nothing is verified; frozen. Throws
 * `McpsError` `status_invalid`.
 */
export function readStaple(source: StatementSource): Staple {
  const members: Members = open(source, STAPLE);
  if (members.value('status') !== 'VALID') members.fail();
  return deepFreeze({
    ...readCommon(members, MAX_STAPLE_LIFETIME_MS),
    passport_digest: members.matching('passport_digest', SHA256_HEX),
    status: 'VALID',
  });
}

function open(source: StatementSource, set: MemberSet): Members {
  return new Members(privateCopy(source, SMALL_STATEMENT, 'status_invalid'), set, 'status_invalid');
}

function readCommon(members: Members, maxLifetimeMs: number): StatusStatement {
  const passportId = members.value('passport_id');
  if (!isPassportId(passportId)) members.fail();
  const producedAt = members.timestamp('produced_at');
  const expiresAt = members.timestamp('expires_at');
  const lifetimeMs = parseTimestamp(expiresAt) - parseTimestamp(producedAt);
  if (!(lifetimeMs > 0 && lifetimeMs <= maxLifetimeMs)) members.fail();
  return {
    authority: members.text('authority'),
    passport_id: passportId,
    epoch: members.integer('epoch', 0, Number.MAX_SAFE_INTEGER),
    produced_at: producedAt,
    expires_at: expiresAt,
    tree_head: readTreeHeadReference(members.value('tree_head'), 'status_invalid'),
    signature: members.signature('signature'),
  };
}

function isPassportStatus(value: unknown): value is PassportStatus {
  return STATUSES.has(value);
}
