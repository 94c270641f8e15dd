import { createScript } from '../script/script-runner.js';

/**
 * Keys: pins (hash, identity to digest), texts (hash, identity to passport), expiry (sorted set of identities, by milliseconds), used (sorted set of the
 * identities whose passport is kept, by when it was last used), counts (hash, issuer to number of identities).
 * Values: now, identity, issuer, digest, text, expiry, most identities, most of one issuer, most passports.
 * Replies `stored`, `known`, `conflict` or `full`.
 */
export const PUT_SCRIPT = createScript(`
local pins, texts, expiry, used, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, identity, issuer, digest, text, expires = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local mostIdentities, mostOfIssuer, mostPassports = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])

-- A minute later than it ends, as clocks differ; a little at a time.
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now - 60000, 'LIMIT', 0, 100)) do
  redis.call('HDEL', pins, dead)
  redis.call('HDEL', texts, dead)
  redis.call('ZREM', used, dead)
  redis.call('ZREM', expiry, dead)
  -- Ids have no slash; issuers may.
  local of = string.match(dead, '^(.*)/')
  if redis.call('HINCRBY', counts, of, -1) <= 0 then redis.call('HDEL', counts, of) end
end

local pinned = redis.call('HGET', pins, identity)
if pinned and pinned ~= digest then return 'conflict' end
if not pinned then
  local ofIssuer = tonumber(redis.call('HGET', counts, issuer) or 0)
  if redis.call('HLEN', pins) >= mostIdentities or ofIssuer >= mostOfIssuer then return 'full' end
  redis.call('HSET', pins, identity, digest)
  redis.call('ZADD', expiry, expires, identity)
  redis.call('HINCRBY', counts, issuer, 1)
end
local outcome = redis.call('HEXISTS', texts, identity) == 1 and 'known' or 'stored'
redis.call('HSET', texts, identity, text)
redis.call('ZADD', used, now, identity)
while redis.call('ZCARD', used) > mostPassports do
  redis.call('HDEL', texts, redis.call('ZPOPMIN', used)[1])
end
return outcome
`);

/**
 * Keys: pins, texts, used, as above. Values: now, and the identities that one id can stand for.
 * Replies with the identity that is known and its passport; with nothing where there is none, or more than one.
 */
export const GET_SCRIPT = createScript(`
local found
for i = 2, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then
    if found then return {} end
    found = ARGV[i]
  end
end
local text = found and redis.call('HGET', KEYS[2], found)
if not text then return {} end
redis.call('ZADD', KEYS[3], 'XX', 'GT', ARGV[1], found)
return {found, text}
`);
