export { RedisStoreError } from './script/redis-store-error.js';
export type { RedisStoreErrorCode } from './script/redis-store-error.js';
export type { RedisClient } from './script/redis-client.js';
export type { ScriptOptions } from './script/script-runner.js';
export { RedisReplayStore } from './replay/redis-replay-store.js';
export type { RedisReplayStoreOptions } from './replay/replay-options.js';
export { RedisRateLimiter } from './rate/redis-rate-limiter.js';
export type { RedisRateLimiterOptions } from './rate/redis-rate-limiter.js';
