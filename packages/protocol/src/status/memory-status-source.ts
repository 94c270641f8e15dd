import { ConfigurationError } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { StatusAnswer, StatusQuery, StatusSource } from './status-source.js';

/** Whose status is meant: the anchor's issuer name and the passport's id. */
export interface StatusSubject {
  readonly anchor: string;
  readonly passportId: string;
}

export interface RevokeOptions {
  readonly reason?: string;
  /** When the passport expires, milliseconds since the Unix epoch; the revocation is kept until then. Default: for ever. */
  readonly untilMs?: number;
}

export interface MemoryStatusSourceOptions {
  /** What is said of a passport that nothing was set for. Default `unknown`. */
  readonly otherwise?: 'good' | 'unknown';
  /** How long an answer counts, milliseconds. Default 60,000. */
  readonly lifetimeMs?: number;
  /** Default 100,000. */
  readonly maxEntries?: number;
  readonly clock?: Clock;
}

interface Entry {
  readonly status: 'good' | 'revoked';
  readonly reason?: string;
  readonly untilMs: number;
}

/**
 * A status source whose operator says by hand who is good and who is revoked. A revocation is final: until the passport expires, nothing set later makes it good
 * again. Answers are made when they are asked for, and so are as fresh as can be.
 */
export class MemoryStatusSource implements StatusSource {
  readonly #otherwise: 'good' | 'unknown';
  readonly #lifetimeMs: number;
  readonly #maxEntries: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(options: MemoryStatusSourceOptions = {}) {
    const { otherwise = 'unknown', lifetimeMs = 60_000, maxEntries = 100_000, clock = systemClock } = options;
    this.#otherwise = otherwise;
    this.#lifetimeMs = lifetimeMs;
    this.#maxEntries = maxEntries;
    this.#clock = clock;
  }

  /**
   * Says that a passport is good, or (`unknown`) nothing of it. Returns whether that took effect: it does not where the passport is revoked.
   *
   * Throws `ConfigurationError` `state_unavailable` when the source is full.
   */
  set(subject: StatusSubject, status: 'good' | 'unknown'): boolean {
    const key = keyOf(subject);
    if (this.#live(key)?.status === 'revoked') return false;
    if (status === 'unknown') this.#entries.delete(key);
    else this.#write(key, { status, untilMs: Number.POSITIVE_INFINITY });
    return true;
  }

  /**
   * Revokes a passport.
   *
   * Throws `ConfigurationError` `state_unavailable` when the source is full.
   */
  revoke(subject: StatusSubject, options: RevokeOptions = {}): void {
    const { reason, untilMs = Number.POSITIVE_INFINITY } = options;
    const key = keyOf(subject);
    const known = this.#live(key);
    const latest = known?.status === 'revoked' ? Math.max(known.untilMs, untilMs) : untilMs;
    this.#write(key, { status: 'revoked', untilMs: latest, ...(reason === undefined ? {} : { reason }) });
  }

  check(query: StatusQuery): Promise<StatusAnswer> {
    const now = this.#clock();
    const entry = this.#live(keyOf(query));
    return Promise.resolve({
      status: entry?.status ?? this.#otherwise,
      producedAtMs: now,
      expiresAtMs: now + this.#lifetimeMs,
      ...(entry?.reason === undefined ? {} : { reason: entry.reason }),
    });
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#clock() < entry.untilMs ? entry : undefined;
  }

  #write(key: string, entry: Entry): void {
    if (!this.#entries.has(key) && this.#entries.size >= this.#maxEntries) this.#purge();
    if (!this.#entries.has(key) && this.#entries.size >= this.#maxEntries) {
      throw new ConfigurationError('state_unavailable', 'The status source is full; nothing in it may be forgotten.');
    }
    this.#entries.set(key, entry);
  }

  #purge(): void {
    for (const key of this.#entries.keys()) {
      if (this.#live(key) === undefined) this.#entries.delete(key);
    }
  }
}

/** Neither part holds a line feed. */
function keyOf({ anchor, passportId }: StatusSubject): string {
  return `${anchor}\n${passportId}`;
}
