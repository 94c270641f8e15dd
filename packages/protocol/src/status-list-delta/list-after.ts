import { sortedById } from '../status-list/revoked-passport.js';
import { stillListed } from '../status-list/sign-status-list.js';
import type { StatusList } from '../status-list/index.js';
import { parseTimestamp } from '../time/index.js';
import type { StatusListDelta } from './status-list-delta.js';

/** The list that a delta makes of an earlier one: what is still to be named of that one, and what has been added. */
export function listAfter(from: StatusList, delta: Omit<StatusListDelta, 'signature'>): StatusList {
  const { issuer, number, epoch, issued_at, next_update, added, tree_head, list_signature: signature } = delta;
  const kept = stillListed(from.revoked, parseTimestamp(issued_at));
  return {
    issuer,
    number,
    epoch,
    issued_at,
    next_update,
    revoked: sortedById([...kept, ...added]),
    tree_head,
    signature,
  };
}
