import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { parseTimestamp } from '../time/index.js';
import { readTreeHeadReference } from '../tree-head/reference.js';
import type { TreeHeadReference } from '../tree-head/index.js';
import { readRevokedPassports } from './revoked-passport.js';
import type { RevokedPassport } from './revoked-passport.js';

/** All passports below an anchor, directly issued or not, that are revoked and have not expired for an hour. Exactly these members. */
export interface StatusList {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** Grows with every list of this issuer. */
  readonly number: number;
  /** How many passports below this anchor have ever been revoked. Never falls. */
  readonly epoch: number;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** By when the next list is there and this one no longer counts; RFC 3339, UTC. */
  readonly next_update: string;
  /** Sorted by `passport_id`, none twice. */
  readonly revoked: readonly RevokedPassport[];
  /** The state of the authority's log that the list was made at, where it keeps one. */
  readonly tree_head?: TreeHeadReference;
  /** Standard base64 of the ES256 signature under the context `status-list` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

/** The largest list that is read, bytes of JSON. */
const MAX_STATUS_LIST_BYTES = 64 * 1024 * 1024;

/** The most entries of a list. */
export const MAX_REVOKED = 250_000;

/**
 * How long a list names a revoked passport after it has expired, milliseconds: a verifier whose clock is behind must not take it for valid again. From then
 * on no list names it, so that one set of revocations makes one list.
 */
export const REVOKED_GRACE_MS = 3_600_000;

const LIST = {
  required: ['issuer', 'number', 'epoch', 'issued_at', 'next_update', 'revoked', 'signature'],
  optional: ['tree_head'],
};
/** Bounds on the JSON of a list, and of what is about one. */
export const LIST_LIMITS = { maxDepth: 8, maxKeys: 16 + MAX_REVOKED * 4, maxBytes: MAX_STATUS_LIST_BYTES };

/**
 * Reads a status list: exact members, types and formats, entries in order, an end after its beginning. Nothing is verified. The result is a copy, frozen
 * in depth.
 *
 * Throws `McpsError` `status_invalid`.
 */
export function readStatusList(source: StatementSource): StatusList {
  const members: Members = new Members(privateCopy(source, LIST_LIMITS, 'status_invalid'), LIST, 'status_invalid');
  const list = {
    issuer: members.text('issuer'),
    number: members.integer('number', 0, Number.MAX_SAFE_INTEGER),
    epoch: members.integer('epoch', 0, Number.MAX_SAFE_INTEGER),
    issued_at: members.timestamp('issued_at'),
    next_update: members.timestamp('next_update'),
    revoked: readRevokedPassports(members, 'revoked', MAX_REVOKED),
    ...(members.has('tree_head')
      ? { tree_head: readTreeHeadReference(members.value('tree_head'), 'status_invalid') }
      : {}),
    signature: members.signature('signature'),
  };
  if (parseTimestamp(list.next_update) <= parseTimestamp(list.issued_at)) members.fail();
  return deepFreeze(list);
}
