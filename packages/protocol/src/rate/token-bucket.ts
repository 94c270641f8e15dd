/** How many of something are allowed. */
export interface RateLimit {
  /** How many come back each second, above 0. */
  readonly perSecond: number;
  /** How many there are at most at once, 1 or more. */
  readonly burst: number;
}

/** Whether one was to be had, and if not, when one will be. */
export type Allowance = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** A token bucket. It starts full; a clock that goes back neither fills nor empties it. */
export class TokenBucket {
  #tokens: number;
  #atMs: number;

  /** @param nowMs milliseconds since the Unix epoch */
  constructor(
    private readonly limit: RateLimit,
    nowMs: number,
  ) {
    this.#tokens = limit.burst;
    this.#atMs = nowMs;
  }

  /** Takes one token. */
  take(nowMs: number): Allowance {
    this.#refill(nowMs);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return { ok: true };
    }
    return { ok: false, retryAfterMs: Math.ceil(((1 - this.#tokens) * 1000) / this.limit.perSecond) };
  }

  /** Whether the bucket is full, and so the same as a new one. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.limit.burst;
  }

  #refill(nowMs: number): void {
    const elapsedMs = nowMs - this.#atMs;
    if (elapsedMs <= 0) return;
    this.#tokens = Math.min(this.limit.burst, this.#tokens + (elapsedMs * this.limit.perSecond) / 1000);
    this.#atMs = nowMs;
  }
}
