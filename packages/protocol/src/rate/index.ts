export { MemoryRateLimiter } from './memory-rate-limiter.js';
export type { RateLimiter } from './rate-limiter.js';
export { TokenBucket, checkRateLimit } from './token-bucket.js';
export type { Allowance, RateLimit } from './token-bucket.js';
