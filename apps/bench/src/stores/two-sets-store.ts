import type { ReplayEntry } from '@mcps/protocol';
import type { NonceStore } from './nonce-store.js';

/** Two generations of Sets: once a window the older one is dropped whole, so nonces are kept for one window to two. */
export class TwoSetsStore implements NonceStore {
  readonly name = 'two Sets';
  readonly #windowMs: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #turnAtMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  consume({ nonce }: ReplayEntry, nowMs: number): boolean {
    if (nowMs >= this.#turnAtMs) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#turnAtMs = nowMs + this.#windowMs;
    }
    if (this.#young.has(nonce) || this.#old.has(nonce)) return false;
    this.#young.add(nonce);
    return true;
  }
}
