import type { ReplayEntry } from '@mcps/protocol';
import type { NonceStore } from './nonce-store.js';

/**
 * The nonce store that everybody writes first: a Map from nonce to expiry, oldest first. It has no quotas, no floor, and knows no identities: a nonce
 * that two agents share is taken for a repetition.
 */
export class MapStore implements NonceStore {
  readonly name = 'Map';
  readonly #expiries = new Map<string, number>();
  /** Kept from call to call: a new iterator has to pass over everything that has been deleted since the Map was last rebuilt. */
  #oldestFirst = this.#expiries.entries();
  #oldest: readonly [nonce: string, expiresAtMs: number] | undefined;

  get size(): number {
    return this.#expiries.size;
  }

  consume({ nonce, expiresAtMs }: ReplayEntry, nowMs: number): boolean {
    for (let oldest = this.#next(); oldest !== undefined && oldest[1] < nowMs; oldest = this.#next()) {
      this.#expiries.delete(oldest[0]);
      this.#oldest = undefined;
    }
    if (this.#expiries.has(nonce)) return false;
    this.#expiries.set(nonce, expiresAtMs);
    return true;
  }

  #next(): readonly [nonce: string, expiresAtMs: number] | undefined {
    if (this.#oldest !== undefined || this.#expiries.size === 0) return this.#oldest;
    let step = this.#oldestFirst.next();
    if (step.done === true) {
      // It has come to the end before, and stays there.
      this.#oldestFirst = this.#expiries.entries();
      step = this.#oldestFirst.next();
    }
    this.#oldest = step.done === true ? undefined : step.value;
    return this.#oldest;
  }
}
