import type { RevokedPassport } from '../status-list/index.js';

/** What an event tells of. */
export type EventType = 'revocation' | 'heartbeat' | 'key-set';

/**
 * What an authority tells whoever listens to it. Exactly these members; signed under the context `event`.
 *
 * Revocations are counted by `epoch`, without a gap: each is told of once, in an event whose epoch is one above that of the event before. So whoever
 * has heard an epoch, and then the next, has missed nothing in between.
 */
export interface AuthorityEvent {
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Which life of the log this is, from 1 on. */
  readonly era: number;
  /** How many passports have ever been revoked, this one included. Never falls. */
  readonly epoch: number;
  /** Names the event: era, full stop and epoch, in decimal; of a heartbeat and a `key-set` the place in the sequence that they tell of. */
  readonly id: string;
  readonly type: EventType;
  /** RFC 3339, UTC. */
  readonly produced_at: string;
  /** Present exactly where `type` is `revocation`. */
  readonly revocation?: RevokedPassport;
  /** The number of the latest status list. */
  readonly list_number: number;
  readonly signature: string;
}
