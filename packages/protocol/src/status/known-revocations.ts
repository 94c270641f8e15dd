import { ConfigurationError } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';

export interface KnownRevocationsOptions {
  /** Default 100,000. */
  readonly maxEntries?: number;
  readonly clock?: Clock;
}

/**
 * Remembers which passports have been reported as revoked, each until it expires: whatever a source says later, a revoked passport does not come back.
 * Share one between all connections.
 *
 * When it is full, it forgets nothing: from then on it vouches for nobody (`isComplete` is false) until what it could not take has expired.
 */
export class KnownRevocations {
  readonly #maxEntries: number;
  readonly #clock: Clock;
  readonly #expiryOf = new Map<string, number>();
  #incompleteUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: KnownRevocationsOptions = {}) {
    const { maxEntries = 100_000, clock = systemClock } = options;
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      throw new ConfigurationError('option_invalid', 'maxEntries must be a whole number from 1 on.');
    }
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  /** Whether every revocation that was reported and still matters is remembered. */
  get isComplete(): boolean {
    return this.#clock() >= this.#incompleteUntilMs;
  }

  /** Whether the passport has been reported as revoked. */
  has(anchor: string, passportId: string): boolean {
    return this.#expiryOf.has(keyOf(anchor, passportId));
  }

  /**
   * Remembers a revocation.
   *
   * @param untilMs when the passport expires, milliseconds since the Unix epoch
   */
  add(anchor: string, passportId: string, untilMs: number): void {
    const key = keyOf(anchor, passportId);
    const known = this.#expiryOf.get(key);
    if (known === undefined && this.#expiryOf.size >= this.#maxEntries) this.#purge();
    if (known === undefined && this.#expiryOf.size >= this.#maxEntries) {
      this.#incompleteUntilMs = Math.max(this.#incompleteUntilMs, untilMs);
      return;
    }
    this.#expiryOf.set(key, Math.max(known ?? untilMs, untilMs));
  }

  #purge(): void {
    const now = this.#clock();
    for (const [key, untilMs] of this.#expiryOf) {
      if (untilMs <= now) this.#expiryOf.delete(key);
    }
  }
}

/** Passport ids hold no line feed and neither do issuer names, so no two identities share a key. */
function keyOf(anchor: string, passportId: string): string {
  return `${anchor}\n${passportId}`;
}
