import { checkRateLimit } from '@mcps/protocol';
import type { Allowance, RateLimit, RateLimiter } from '@mcps/protocol';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { checkPrefix } from '../script/prefix.js';
import type { RedisClient } from '../script/redis-client.js';
import { ScriptRunner } from '../script/script-runner.js';
import type { ScriptOptions } from '../script/script-runner.js';
import { TAKE_SCRIPT } from './take-script.js';

/** Settings of a {@link RedisRateLimiter}. */
export interface RedisRateLimiterOptions extends ScriptOptions {
  /** Names the limiter on the server: services, and limits of one service, that share a server have different ones. Default `mcps:rate`. */
  readonly prefix?: string;
}

/**
 * One token bucket for each payer, shared by all replicas of a service, on Redis 7 or Valkey. One round trip; the server's clock counts, not the replicas'.
 *
 * Rejects with `RedisStoreError` where the server cannot answer: the message is refused then.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #limiter: RateLimiterRedis;

  /** @throws ConfigurationError `option_invalid` */
  constructor(client: RedisClient, limit: RateLimit, options: RedisRateLimiterOptions = {}) {
    checkRateLimit(limit);
    const prefix = checkPrefix(options.prefix ?? 'mcps:rate', 'rate limiter');
    const runner = new ScriptRunner(client, options);
    const values = [String(limit.perSecond), String(limit.burst)];
    this.#limiter = new RateLimiterRedis({
      // Not the client itself: the library would define a command on it, for everybody who uses that client.
      storeClient: { rlflxIncr: ([key]: readonly [string]) => runner.run(TAKE_SCRIPT, [key], values) },
      keyPrefix: prefix,
      points: 1,
      duration: 1,
    });
  }

  async take(payer: string, _nowMs: number): Promise<Allowance> {
    try {
      await this.#limiter.consume(payer);
      return { ok: true };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return { ok: false, retryAfterMs: refusal.msBeforeNext };
    }
  }
}
