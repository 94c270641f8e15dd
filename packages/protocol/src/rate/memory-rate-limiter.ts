import { ConfigurationError } from '../errors/index.js';
import type { RateLimiter } from './rate-limiter.js';
import { TokenBucket, checkRateLimit } from './token-bucket.js';
import type { Allowance, RateLimit } from './token-bucket.js';

/** How many full buckets are looked for when the table is full. */
const SWEEP = 64;

/**
 * One token bucket for each payer, in this process's memory. Bounded: only a full bucket, which is as good as a new one, is ever forgotten. When every
 * bucket is in use, newcomers are refused and nobody gains by flooding the table.
 */
export class MemoryRateLimiter implements RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();

  /** @throws ConfigurationError `option_invalid` */
  constructor(
    private readonly limit: RateLimit,
    private readonly maxPayers = 100_000,
  ) {
    checkRateLimit(limit);
    if (!Number.isSafeInteger(maxPayers) || maxPayers < 1) {
      throw new ConfigurationError('option_invalid', 'The number of payers must be a whole number from 1 on.');
    }
  }

  async take(payer: string, nowMs: number): Promise<Allowance> {
    let bucket = this.#buckets.get(payer);
    if (bucket === undefined) {
      if (this.#buckets.size >= this.maxPayers) this.#sweep(nowMs);
      if (this.#buckets.size >= this.maxPayers)
        return { ok: false, retryAfterMs: Math.ceil(1000 / this.limit.perSecond) };
      bucket = new TokenBucket(this.limit, nowMs);
    } else {
      // Moved to the end: the sweep looks at those first that have been quiet for longest.
      this.#buckets.delete(payer);
    }
    this.#buckets.set(payer, bucket);
    return bucket.take(nowMs);
  }

  #sweep(nowMs: number): void {
    let looked = 0;
    for (const [payer, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(payer);
      if ((looked += 1) >= SWEEP) return;
    }
  }
}
