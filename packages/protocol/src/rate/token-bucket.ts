import { ConfigurationError } from '../errors/index.js';

/** How many of something are allowed. */
export interface RateLimit {
  /** How many come back each second, above 0. */
  readonly perSecond: number;
  /** How many there are at most at once, 1 or more. */
  readonly burst: number;
}

/** One token, in the unit that a millisecond times a rate has. */
const TOKEN = 1_000;

/** Whether one was to be had, and if not, when one will be. */
export type Allowance = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/**
 * A token bucket. It starts full. A clock that is set back neither fills nor empties it: time counts on from where the clock
 * stands then, or the payer would wait for as long as the clock had been wrong.
 */
export class TokenBucket {
  /** Thousandths of a token: whole numbers where the rate is one, so that nobody who waits as told comes too early. */
  #credit: number;
  #atMs: number;

  /**
   * @param nowMs milliseconds since the Unix epoch
   * @throws ConfigurationError `option_invalid` for a limit that would let nothing through, or everything
   */
  constructor(
    private readonly limit: RateLimit,
    nowMs: number,
  ) {
    checkRateLimit(limit);
    this.#credit = limit.burst * TOKEN;
    this.#atMs = nowMs;
  }

  /** Takes one token. */
  take(nowMs: number): Allowance {
    this.#refill(nowMs);
    if (this.#credit >= TOKEN) {
      this.#credit -= TOKEN;
      return { ok: true };
    }
    return { ok: false, retryAfterMs: Math.ceil((TOKEN - this.#credit) / this.limit.perSecond) };
  }

  /** Whether the bucket is full, and so the same as a new one. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#credit >= this.limit.burst * TOKEN;
  }

  #refill(nowMs: number): void {
    if (!Number.isFinite(nowMs)) return;
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#credit = Math.min(this.limit.burst * TOKEN, this.#credit + elapsedMs * this.limit.perSecond);
    this.#atMs = nowMs;
  }
}

/** Throws `ConfigurationError` `option_invalid`. */
export function checkRateLimit({ perSecond, burst }: RateLimit): void {
  if (perSecond > 0 && burst >= 1 && Number.isFinite(perSecond) && Number.isFinite(burst)) return;
  throw new ConfigurationError('option_invalid', 'A rate limit has `perSecond` above 0 and `burst` from 1 on.');
}
