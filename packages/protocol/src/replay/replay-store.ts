/** The pool that every identity without an anchored passport shares: self-signed ones and those of an unknown authority. */
export const UNANCHORED_POOL = 'unanchored';

/** One use of a nonce. `revision`, `passportId`, `keyThumbprint` and `nonce` together are the key; equal keys are the same message. */
export interface ReplayEntry {
  /** The wire revision of the envelope, for example `1.0`. */
  readonly revision: string;
  readonly passportId: string;
  /** RFC 7638 thumbprint of the key that the signature was verified with. */
  readonly keyThumbprint: string;
  /** 128 bits as 32 lower-case hexadecimal characters. */
  readonly nonce: string;
  /** The last instant at which the message's own timestamp is acceptable: timestamp + window, milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** Who answers for the identity: the name of the anchor that its passport was verified to, or {@link UNANCHORED_POOL}. */
  readonly pool: string;
}

/**
 * - `accepted`: no entry had been used; all are now.
 * - `repeated`: at least one had been used.
 * - `full`: a quota or the capacity leaves no room. Nothing live is forgotten to make some.
 * - `below-floor`: at least one is over, or lies where entries have been evicted: nobody can tell any more whether it had been used.
 *
 * Whatever is not `accepted` has changed nothing.
 */
export type ReplayOutcome = 'accepted' | 'repeated' | 'full' | 'below-floor';

/**
 * Remembers which nonces have been used, until the messages that carry them are refused for their age anyway.
 *
 * Ask only for messages whose signature has been verified: an entry is charged to the identity that it names.
 * Receivers that share a store have the same window: an entry is forgotten at the expiry that came with it, and for a receiver with a larger
 * window the message is still fresh then.
 */
export interface ReplayStore {
  /** Whether the memory is shared by all replicas of a service and survives a restart. */
  readonly shared: boolean;
  /**
   * How long after its timestamp a message is accepted by the receivers that the store was made for, milliseconds: a receiver with another window is refused when it is configured. Absent where
   * the store does not count on it.
   */
  readonly windowMs?: number;
  /**
   * Messages whose `expiresAtMs` lies at or below this may have been used before the store's memory begins, milliseconds since the epoch;
   * `-Infinity` where the store is durable. It never falls. The receiver refuses them, except those that a handshake of its own binds to
   * randomness younger than the store; {@link consume} knows nothing of handshakes, and by itself refuses only what lies at or below evicted
   * entries. Ask before {@link consume} and again after it: a store that is shared may find out in between that it has lost its memory.
   */
  floorMs(): number;
  /**
   * Uses up all entries or none of them, as one atomic step. At most one of several concurrent calls with an entry in common is told
   * `accepted`. Rejects where the store cannot answer; the message is to be refused then.
   *
   * @param nowMs the receiver's clock, milliseconds since the epoch
   */
  consume(entries: readonly ReplayEntry[], nowMs: number): Promise<ReplayOutcome>;
}
