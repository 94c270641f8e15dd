import type { AccessTables } from './access-tables.js';

/*
 * The tables, the same on both databases. Instants are integers, milliseconds since the Unix epoch. Hashes are lower-case hex, as they go over the
 * wire. Statements and entries are kept as the very text that was signed or hashed.
 */

/** One row: what the authority is at present. Whoever changes anything holds this row's lock. */
export interface AuthorityStateTable {
  readonly id: number;
  /** The issuer name: a database belongs to one authority. */
  readonly authority: string;
  era: number;
  /** How many revocations there have been. */
  epoch: number;
  tree_size: number;
  root_hash: string;
  /** The number of the list that holds all revocations up to `epoch`. */
  list_number: number;
  /** The first status index that no replica has reserved. */
  next_status_index: number;
  /** base64url, for the authenticators of challenges. */
  readonly challenge_secret: string;
}

export interface PassportsTable {
  /** The log's leaf about the issue: also the order of issue. */
  readonly leaf_index: number;
  readonly id: string;
  readonly digest: string;
  readonly name: string;
  readonly version: string;
  readonly key_thumbprint: string;
  /** The passport's RFC 8785 form. */
  readonly body: string;
  /** The passport that issued it; null where the anchor did. */
  readonly issuer_id: string | null;
  readonly status_index: number | null;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly supersedes: string | null;
  superseded_by: string | null;
  /** When it is to be revoked as superseded. */
  superseded_at: number | null;
}

export interface RevocationsTable {
  readonly epoch: number;
  readonly passport_id: string;
  readonly reason: string;
  readonly revoked_at: number;
  readonly passport_expires_at: number;
  readonly status_index: number | null;
  readonly leaf_index: number;
  /** The list that this revocation is first in. */
  readonly list_number: number;
}

/** Challenges that a proof has been accepted for, until their own time passes. */
interface UsedChallengesTable {
  readonly challenge: string;
  readonly expires_at: number;
}

export interface LogLeavesTable {
  readonly idx: number;
  readonly leaf: string;
  readonly hash: string;
  readonly logged_at: number;
}

/** The complete subtrees of the log above its leaves: node (level, idx) covers the 2^level leaves from idx * 2^level on. */
interface LogNodesTable {
  readonly level: number;
  readonly idx: number;
  readonly hash: string;
}

/** Lists that have been signed. A number without a row was never asked for. */
export interface StatusListsTable {
  readonly number: number;
  readonly epoch: number;
  readonly issued_at: number;
  readonly next_update: number;
  readonly tree_size: number;
  readonly root_hash: string;
  /** How many passports the bitmap of that number tells of. */
  readonly bitmap_size: number;
}

export interface Database extends AccessTables {
  authority_state: AuthorityStateTable;
  passports: PassportsTable;
  revocations: RevocationsTable;
  used_challenges: UsedChallengesTable;
  log_leaves: LogLeavesTable;
  log_nodes: LogNodesTable;
  status_lists: StatusListsTable;
}
