/** When to try again, and for how long. */
export interface RetryPolicy {
  /** Before the second try, in milliseconds. It doubles with every further one. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** How many tries an event gets in all. */
  readonly maxAttempts: number;
}

/** About 19 hours of trying: 10 s, 20 s, 40 s and so on up to 4 hours. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  firstDelayMs: 10_000,
  maxDelayMs: 4 * 3_600_000,
  maxAttempts: 16,
};

/**
 * How long to wait after a number of failed tries, in milliseconds: between half and all of the doubled delay, so that receivers that failed together are
 * not called together.
 *
 * @param random from 0 up to 1
 */
export function retryDelayMs(policy: RetryPolicy, failedAttempts: number, random: () => number = Math.random): number {
  const doubled = policy.firstDelayMs * 2 ** Math.min(failedAttempts - 1, 40);
  const delay = Math.min(doubled, policy.maxDelayMs);
  return Math.round(delay * (0.5 + random() / 2));
}
