export { RateLimiter } from './rate-limiter.js';
export { TokenBucket } from './token-bucket.js';
export type { Allowance, RateLimit } from './token-bucket.js';
