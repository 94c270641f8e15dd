import { MemoryRateLimiter } from '@mcps/protocol';
import type { Clock, RateLimiter } from '@mcps/protocol';
import { HttpProblem } from './problem.js';

export interface RequestLimitOptions {
  /** For everything that comes from one client. */
  readonly clientRatePerMinute: number;
  /** For everything that comes with one token, wherever from. */
  readonly tokenRatePerMinute: number;
}

/** Counts requests. Each client and each token may save up a tenth of a minute's requests, 10 at least. */
export class RequestLimits {
  readonly #clients: RateLimiter;
  readonly #tokens: RateLimiter;

  constructor(
    { clientRatePerMinute, tokenRatePerMinute }: RequestLimitOptions,
    private readonly clock: Clock,
  ) {
    this.#clients = new MemoryRateLimiter(limitOf(clientRatePerMinute));
    this.#tokens = new MemoryRateLimiter(limitOf(tokenRatePerMinute));
  }

  /** Throws `HttpProblem` `rate_limited`. */
  takeForClient(client: string): Promise<void> {
    return this.#take(this.#clients, client);
  }

  /** Throws `HttpProblem` `rate_limited`. */
  takeForToken(tokenId: string): Promise<void> {
    return this.#take(this.#tokens, tokenId);
  }

  async #take(limiter: RateLimiter, payer: string): Promise<void> {
    const allowance = await limiter.take(payer, this.clock());
    if (allowance.ok) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(allowance.retryAfterMs / 1000));
    throw new HttpProblem('rate_limited', undefined, { retryAfterSeconds });
  }
}

function limitOf(perMinute: number): { perSecond: number; burst: number } {
  return { perSecond: perMinute / 60, burst: Math.max(10, Math.ceil(perMinute / 10)) };
}
