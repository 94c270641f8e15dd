import type { RevokedPassport, TreeHeadReference } from '@mcps/protocol';

/** What an authority says of a passport. */
export type PassportStatus = 'VALID' | 'REVOKED' | 'EXPIRED' | 'UNKNOWN';

/** A signed answer about one passport, context `status`; under the context `staple` it is one that its holder may carry about. */
export interface StatusStatement {
  readonly authority: string;
  readonly passport_id: string;
  /** Lower-case hex SHA-256 of the whole passport; `null` exactly where the status is UNKNOWN. */
  readonly passport_digest: string | null;
  readonly status: PassportStatus;
  /** Both exactly where the status is REVOKED. */
  readonly reason?: string;
  readonly revoked_at?: string;
  readonly epoch: number;
  readonly produced_at: string;
  readonly expires_at: string;
  readonly tree_head: TreeHeadReference;
  readonly signature: string;
}

/** The state of the log at an instant, context `tree-head`. */
export interface TreeHead {
  readonly authority: string;
  readonly era: number;
  readonly epoch: number;
  readonly tree_size: number;
  readonly root_hash: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** What subscribers are told, context `event`. */
export interface AuthorityEvent {
  readonly authority: string;
  readonly era: number;
  readonly epoch: number;
  readonly id: string;
  readonly type: 'revocation' | 'heartbeat' | 'key-set';
  readonly produced_at: string;
  readonly revocation?: RevokedPassport;
  readonly list_number: number;
  readonly signature: string;
}
