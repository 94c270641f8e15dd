import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { readRevokedPassports } from '../status-list/revoked-passport.js';
import type { RevokedPassport } from '../status-list/index.js';
import { LIST_LIMITS, MAX_REVOKED } from '../status-list/status-list.js';
import { parseTimestamp } from '../time/index.js';
import { readTreeHeadReference } from '../tree-head/reference.js';
import type { TreeHeadReference } from '../tree-head/index.js';

/**
 * What makes a later status list of an earlier one, so that only what is new has to be fetched. Exactly these members; all but `from_number` and `added`
 * are those of the later list.
 */
export interface StatusListDelta {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** The number of the list that it is to be applied to, and of no other. */
  readonly from_number: number;
  readonly number: number;
  readonly epoch: number;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** RFC 3339, UTC. */
  readonly next_update: string;
  /** The entries of the later list that the earlier one does not have. Sorted by `passport_id`, none twice. */
  readonly added: readonly RevokedPassport[];
  readonly tree_head: TreeHeadReference;
  /** The later list's own `signature`: what comes out is that very list, or nothing. */
  readonly list_signature: string;
  /** Standard base64 of the ES256 signature under the context `status-list-delta` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

const DELTA = {
  required: [
    'issuer',
    'from_number',
    'number',
    'epoch',
    'issued_at',
    'next_update',
    'added',
    'tree_head',
    'list_signature',
    'signature',
  ],
};

/**
 * Reads a delta: exact members, types and formats, entries in order, from a lower number to a higher one. Nothing is verified; frozen in depth. Throws
 * `McpsError` `status_invalid`.
 */
export function readStatusListDelta(source: StatementSource): StatusListDelta {
  const members: Members = new Members(privateCopy(source, LIST_LIMITS, 'status_invalid'), DELTA, 'status_invalid');
  const delta = {
    issuer: members.text('issuer'),
    from_number: members.integer('from_number', 0, Number.MAX_SAFE_INTEGER),
    number: members.integer('number', 0, Number.MAX_SAFE_INTEGER),
    epoch: members.integer('epoch', 0, Number.MAX_SAFE_INTEGER),
    issued_at: members.timestamp('issued_at'),
    next_update: members.timestamp('next_update'),
    added: readRevokedPassports(members, 'added', MAX_REVOKED),
    tree_head: readTreeHeadReference(members.value('tree_head'), 'status_invalid'),
    list_signature: members.signature('list_signature'),
    signature: members.signature('signature'),
  };
  const isForwards = delta.from_number < delta.number;
  if (!isForwards || parseTimestamp(delta.next_update) <= parseTimestamp(delta.issued_at)) members.fail();
  return deepFreeze(delta);
}
