import type { ReplayEntry } from '@mcps/protocol';

/** Remembers nonces until they expire. */
export interface NonceStore {
  readonly name: string;
  /** Whether the nonce was new; it is not from now on. */
  consume(entry: ReplayEntry, nowMs: number): boolean;
  /** Nonces that it holds, the ones that have just expired possibly among them. */
  readonly size: number;
}
