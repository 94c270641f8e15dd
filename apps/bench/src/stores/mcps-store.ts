import { MemoryReplayStore } from '@mcps/protocol';
import type { ReplayEntry } from '@mcps/protocol';
import type { NonceStore } from './nonce-store.js';

/** The replay store of @mcps/protocol, with its quotas. */
export class McpsStore implements NonceStore {
  readonly name = 'MCPS';
  readonly #store: MemoryReplayStore;

  /** @param capacity nonces that the store has to hold */
  constructor(capacity: number, windowMs: number, startMs: number) {
    this.#store = new MemoryReplayStore({
      capacity,
      perPassport: capacity,
      perPool: capacity,
      windowMs,
      clock: () => startMs,
    });
  }

  get size(): number {
    return this.#store.size;
  }

  consume(entry: ReplayEntry, nowMs: number): boolean {
    const outcome = this.#store.consumeSync([entry], nowMs);
    if (outcome === 'full' || outcome === 'below-floor') throw new Error(`The replay store says ${outcome}`);
    return outcome === 'accepted';
  }
}
