import type { ReplayEntry } from '@mcps/protocol';
import type { NonceStore } from './nonce-store.js';

/**
 * The nonce store that everybody writes first: a Map from nonce to expiry, oldest first. It has no quotas, no floor, and knows no identities: a nonce
 * that two agents share is taken for a repetition.
 */
export class MapStore implements NonceStore {
  readonly name = 'Map';
  readonly #expiries = new Map<string, number>();

  get size(): number {
    return this.#expiries.size;
  }

  consume({ nonce, expiresAtMs }: ReplayEntry, nowMs: number): boolean {
    for (const [oldest, expiry] of this.#expiries) {
      if (expiry >= nowMs) break;
      this.#expiries.delete(oldest);
    }
    if (this.#expiries.has(nonce)) return false;
    this.#expiries.set(nonce, expiresAtMs);
    return true;
  }
}
