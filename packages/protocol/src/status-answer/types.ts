import type { TreeHeadReference } from '../tree-head/index.js';

/**
 * What an authority says of a passport. `VALID`: issued below it, not expired, and neither the passport nor any issuer in its chain is revoked. `REVOKED`: one of
 * them is, whether or not it has expired since. `UNKNOWN`: nothing by that id was issued below it.
 */
export type PassportStatus = 'VALID' | 'REVOKED' | 'EXPIRED' | 'UNKNOWN';

/** The members that a status and a staple have in common. */
export interface StatusStatement {
  /** The anchor's issuer name. */
  readonly authority: string;
  readonly passport_id: string;
  /** How many passports the authority had ever revoked. */
  readonly epoch: number;
  /** RFC 3339, UTC. */
  readonly produced_at: string;
  /** Until when the authority stands by it; RFC 3339, UTC. */
  readonly expires_at: string;
  /** The state of the authority's log that it was made at. */
  readonly tree_head: TreeHeadReference;
  readonly signature: string;
}

/** An authority's signed answer about one passport. Exactly these members; signed under the context `status`. */
export interface SignedStatus extends StatusStatement {
  /** Lower-case hex SHA-256 of the RFC 8785 form of the whole passport; null exactly where `status` is `UNKNOWN`. */
  readonly passport_digest: string | null;
  readonly status: PassportStatus;
  /** Why it was revoked; present exactly where `status` is `REVOKED`. */
  readonly reason?: string;
  /** RFC 3339, UTC; present exactly where `status` is `REVOKED`. */
  readonly revoked_at?: string;
}

/**
 * An authority's signed word that a passport is valid, for its holder to carry along: the relying party need not ask. Exactly these members; signed
 * under the context `staple`.
 */
export interface Staple extends StatusStatement {
  /** Lower-case hex SHA-256 of the RFC 8785 form of the whole passport. */
  readonly passport_digest: string;
  readonly status: 'VALID';
}

/** The longest that a status may count, milliseconds. */
export const MAX_STATUS_LIFETIME_MS = 300_000;

/** The longest that a staple may count, milliseconds. */
export const MAX_STAPLE_LIFETIME_MS = 3_600_000;
