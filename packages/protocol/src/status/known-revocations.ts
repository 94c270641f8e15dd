import { ConfigurationError } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';

export interface KnownRevocationsOptions {
  /** Default 100,000. */
  readonly maxEntries?: number;
  readonly clock?: Clock;
}

/** A passport that has been reported as revoked. */
export interface KnownRevocation {
  /** The anchor's issuer name. */
  readonly anchor: string;
  readonly passportId: string;
  /** When the passport expires, milliseconds since the Unix epoch. */
  readonly untilMs: number;
}

export type RevocationListener = (revocation: KnownRevocation) => void;

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
  readonly #listeners = new Set<RevocationListener>();
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
   * Lets a listener hear of every passport that is reported for the first time from now on, at once: so that sessions of its holder, or below it, can be ended.
   * Also of those that there was no room to remember, and then perhaps more than once. What a listener throws is nobody's business.
   *
   * @returns ends it
   */
  onAdded(listener: RevocationListener): () => void {
    const own: RevocationListener = (revocation) => listener(revocation);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
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
    } else {
      this.#expiryOf.set(key, Math.max(known ?? untilMs, untilMs));
    }
    if (known === undefined) this.#tell(Object.freeze({ anchor, passportId, untilMs }));
  }

  #tell(revocation: KnownRevocation): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(revocation);
      } catch {
        // One listener must not keep the next from hearing of it.
      }
    }
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
