import type { Reason } from '../errors/index.js';
import { Members } from '../passport/members.js';
import { isPassportId } from '../passport/passport-id.js';

/** One revoked passport. */
export interface RevokedPassport {
  readonly passport_id: string;
  readonly reason: string;
  /** RFC 3339, UTC. */
  readonly revoked_at: string;
  /** When the passport expires, RFC 3339, UTC. */
  readonly passport_expires_at: string;
}

const REVOKED = { required: ['passport_id', 'reason', 'revoked_at', 'passport_expires_at'] };

/** Reads one revoked passport: exact members, types and formats. Throws `McpsError` with the reason of the statement's format. */
export function readRevokedPassport(value: unknown, reason: Reason): RevokedPassport {
  const members: Members = new Members(value, REVOKED, reason);
  const passportId = members.value('passport_id');
  if (!isPassportId(passportId)) members.fail();
  return {
    passport_id: passportId,
    reason: members.text('reason'),
    revoked_at: members.timestamp('revoked_at'),
    passport_expires_at: members.timestamp('passport_expires_at'),
  };
}

/** Reads a list of revoked passports, sorted by id, none twice: one set has one form. */
export function readRevokedPassports(members: Members, name: string, maxItems: number): RevokedPassport[] {
  const list = members.list(name, maxItems).map((item) => readRevokedPassport(item, members.reason));
  list.forEach(({ passport_id: id }, index) => {
    const before = list[index - 1];
    if (before !== undefined && before.passport_id >= id) members.fail();
  });
  return list;
}

/** Copies of entries in the order of a list. */
export function sortedById(entries: Iterable<RevokedPassport>): RevokedPassport[] {
  const copies = Array.from(entries, (entry) => ({ ...entry }));
  return copies.sort((a, b) => (a.passport_id < b.passport_id ? -1 : Number(a.passport_id > b.passport_id)));
}
