import type { PassportPage, PassportQuery } from '../authority.js';
import { AuthorityError } from '../error.js';
import { recordOf } from '../passport-rows.js';
import { guarded } from '../store/open-store.js';
import { selectPassports } from '../store/repository.js';
import type { Store } from '../store/store.js';

const DEFAULT_LIMIT = 100;

/** The passports that fit a query, newest first. A cursor is the place in the log where the page before ended. */
export async function searchPassports(store: Store, query: PassportQuery, nowMs: number): Promise<PassportPage> {
  const { namePrefix, status, keyThumbprint, limit = DEFAULT_LIMIT, cursor } = query;
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    throw new AuthorityError('request_invalid', 'The cursor is none of ours.', { member: 'cursor' });
  }
  let select = selectPassports(store.reader)
    .orderBy('p.leaf_index', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) select = select.where('p.leaf_index', '<', Number(cursor));
  if (keyThumbprint !== undefined) select = select.where('p.key_thumbprint', '=', keyThumbprint);
  if (namePrefix !== undefined) {
    // A range, as `like` would take what is in the prefix for a pattern.
    select = select.where('p.name', '>=', namePrefix).where('p.name', '<', `${namePrefix}\u{10ffff}`);
  }
  if (status === 'REVOKED') select = select.where('r.epoch', 'is not', null);
  if (status === 'VALID') select = select.where('r.epoch', 'is', null).where('p.expires_at', '>', nowMs);
  if (status === 'EXPIRED') select = select.where('r.epoch', 'is', null).where('p.expires_at', '<=', nowMs);
  const rows = await guarded(() => select.execute());
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    records: page.map((row) => recordOf(row, nowMs)),
    ...(rows.length > limit && last !== undefined ? { cursor: String(last.leaf_index) } : {}),
  };
}
