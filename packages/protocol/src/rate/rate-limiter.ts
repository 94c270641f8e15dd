import type { Allowance } from './token-bucket.js';

/**
 * Counts messages against whoever they are charged to.
 *
 * Ask only for messages whose signature has been verified: a token is charged to the identity that is named.
 */
export interface RateLimiter {
  /**
   * Takes one token of a payer. Rejects where the limiter cannot answer; the message is to be refused then.
   *
   * @param payer an anchor's name and a passport id, or the one name that all unanchored identities share
   * @param nowMs the receiver's clock, milliseconds since the epoch; a limiter that replicas share may go by a clock of its own
   */
  take(payer: string, nowMs: number): Promise<Allowance>;
}
