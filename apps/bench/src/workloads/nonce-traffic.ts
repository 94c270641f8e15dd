import { randomBytes } from 'node:crypto';
import type { ReplayEntry } from '@mcps/protocol';
import type { NonceStore } from '../stores/nonce-store.js';

/** How long a nonce counts, milliseconds. */
export const WINDOW_MS = 300_000;

/** The clock of the traffic when it starts; its value means nothing. */
export const START_MS = 1_800_000_000_000;

const IDENTITIES = Array.from({ length: 100 }, () => ({
  revision: '1.0',
  passportId: `ap_${randomBytes(16).toString('hex')}`,
  keyThumbprint: randomBytes(32).toString('base64url'),
  pool: 'authority.example',
}));

const NONCE_BYTES = 16;

const PART = 1000;

/** A nonce as a store gets to see it. */
export interface Arrival {
  readonly entry: ReplayEntry;
  readonly nowMs: number;
}

/** Messages of a hundred agents, at such a rate that a window of them is `held` nonces. */
export class NonceTraffic {
  readonly #stepMs: number;
  #count = 0;

  constructor(held: number) {
    this.#stepMs = WINDOW_MS / held;
  }

  /**
   * The next messages, each nonce a string of its own, as from JSON.parse. They come in parts: the time between two parts is for what nobody
   * measures, and a part is small enough to lie in the caches when it is handed over.
   */
  *next(count: number): Generator<readonly Arrival[]> {
    for (let left = count; left > 0; left -= PART) yield this.#part(Math.min(left, PART));
  }

  #part(count: number): Arrival[] {
    const random = randomBytes(count * NONCE_BYTES);
    return Array.from({ length: count }, (_, index) => {
      const nowMs = START_MS + this.#count * this.#stepMs;
      const identity = IDENTITIES[this.#count++ % IDENTITIES.length] ?? fail();
      const nonce = random.toString('hex', index * NONCE_BYTES, (index + 1) * NONCE_BYTES);
      return { entry: { ...identity, nonce, expiresAtMs: nowMs + WINDOW_MS }, nowMs };
    });
  }
}

/** Hands arrivals over one by one. */
export function consumeAll(store: NonceStore, arrivals: readonly Arrival[]): void {
  for (const { entry, nowMs } of arrivals) {
    if (!store.consume(entry, nowMs)) throw new Error(`${store.name} takes a new nonce for a repetition`);
  }
}

function fail(): never {
  throw new RangeError('There are no identities');
}
