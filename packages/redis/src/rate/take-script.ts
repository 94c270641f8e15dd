import { createScript } from '../script/script-runner.js';

/**
 * Takes one token out of a bucket: the same arithmetic as `TokenBucket` of `@mcps/protocol`, by the server's clock, in thousandths of a token.
 *
 * Replies as rate-limiter-flexible expects it of its script: points consumed, of one that may be, and milliseconds until the next.
 */
export const TAKE_SCRIPT = createScript(`
local perSecond, full, token = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, 1000
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'credit', 'at')
local credit, at = tonumber(bucket[1] or full), tonumber(bucket[2] or now)
-- A clock that is set back neither fills nor empties it.
credit = math.min(full, credit + math.max(0, now - at) * perSecond)
local taken = credit >= token
if taken then credit = credit - token end
redis.call('HSET', KEYS[1], 'credit', string.format('%.17g', credit), 'at', string.format('%d', now))
-- A full bucket is as good as none.
redis.call('PEXPIRE', KEYS[1], math.min(math.ceil((full - credit) / perSecond) + 1000, 1e12))
if taken then return {1, 0} end
return {2, math.ceil((token - credit) / perSecond)}
`);
