import { Members } from '../passport/members.js';
import { deepFreeze } from '../passport/parse.js';
import { SMALL_STATEMENT, privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { readRoot } from './reference.js';
import type { TreeHeadReference } from './reference.js';

/** An authority's signed word for the state of its log at an instant (RFC 9162, section 4.10). Exactly these members. */
export interface TreeHead extends TreeHeadReference {
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Which life of the log this is. Only the root key begins another. From 1 on. */
  readonly era: number;
  /** How many passports have ever been revoked. Never falls, not even with a new era. */
  readonly epoch: number;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
  /** Standard base64 of the ES256 signature under the context `tree-head` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

const TREE_HEAD = { required: ['authority', 'era', 'epoch', 'tree_size', 'root_hash', 'timestamp', 'signature'] };

/** Reads a tree head: exact members, types and formats. Nothing is verified; frozen. Throws `McpsError` `status_invalid`. */
export function readTreeHead(source: StatementSource): TreeHead {
  const members: Members = new Members(
    privateCopy(source, SMALL_STATEMENT, 'status_invalid'),
    TREE_HEAD,
    'status_invalid',
  );
  return deepFreeze({
    authority: members.text('authority'),
    era: members.integer('era', 1, Number.MAX_SAFE_INTEGER),
    epoch: members.integer('epoch', 0, Number.MAX_SAFE_INTEGER),
    ...readRoot(members),
    timestamp: members.timestamp('timestamp'),
    signature: members.signature('signature'),
  });
}
