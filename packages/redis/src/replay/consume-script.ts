import { createScript } from '../script/script-runner.js';

/**
 * Uses up all entries or none, as one step of the server, which runs one script at a time.
 *
 * - `meta` (hash): `run`, the server process that the memory was made on; `floor`, `evicted`, `latest`, `live`.
 * - `nonces` (sorted set): 16 bytes of the identity and 16 of the nonce, scored by the second at whose end the entry is over.
 * - `accounts` (hash): `n`, live entries in all; `a` and an identity: its live entries and pool; `p` and a pool: its live entries.
 *
 * Memory that is not the one that was left behind counts as lost. Another server process (a restart, a fail-over) may lack what was written last:
 * the floor rises over all that can have been accepted. Where only nonces or accounts are gone (flushed, evicted), it rises over the last of them.
 *
 * A key of the wrong type is found out before anything is written. The first write fails where memory is short, and no later one does: the server stops
 * asking once a script has written.
 */
export const CONSUME_SCRIPT = createScript(`
local meta, nonces, accounts = KEYS[1], KEYS[2], KEYS[3]
local now, due, lossFloor = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local capacity, perPassport, horizon, opening = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
-- For each entry: identity, nonce, second at whose end it is over (0: it is over), pool, most of the pool.
local FIRST, FIELDS = 8, 5

local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if not run then return redis.error_reply('MCPS INFO names no run_id') end
local known = redis.call('HMGET', meta, 'run', 'floor', 'evicted', 'latest', 'live')
local floor, evicted = tonumber(known[2] or 0), tonumber(known[3] or 0)
local latest, live = tonumber(known[4] or 0), tonumber(known[5] or 0)

if opening or known[1] ~= run then
  local policy = string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:(%S+)')
  if policy ~= 'noeviction' then return {'eviction-policy', policy or 'unknown'} end
end

local lost, changed = false, known[1] ~= run
if live ~= redis.call('ZCARD', nonces) or live ~= tonumber(redis.call('HGET', accounts, 'n') or 0) then
  lost = true
  floor = math.max(floor, latest * 1000)
end
if known[1] ~= run then floor = math.max(floor, lossFloor) end
if not known[1] then lost = true end
if lost then
  redis.call('DEL', nonces, accounts)
  live, changed = 0, true
end

-- Everything due is over at once; it is cleared away a little at a time.
local over = redis.call('ZREVRANGEBYSCORE', nonces, due, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
if over[2] and tonumber(over[2]) > evicted then
  evicted, changed = tonumber(over[2]), true
end

local account, pool = {}, {}
local function poolOf(name)
  if not pool[name] then
    pool[name] = { live = tonumber(redis.call('HGET', accounts, 'p' .. name) or 0) }
  end
  return pool[name]
end
local function accountOf(id)
  if not account[id] then
    local held, name = string.match(redis.call('HGET', accounts, 'a' .. id) or '', '^(%d+) (.*)$')
    account[id] = { live = tonumber(held or 0), pool = name }
  end
  return account[id]
end
local function save()
  if not changed then return end
  local set = {'n', string.format('%d', live)}
  local function note(field, its, value)
    if its.live == 0 then return redis.call('HDEL', accounts, field) end
    set[#set + 1], set[#set + 2] = field, value
  end
  for id, its in pairs(account) do note('a' .. id, its, string.format('%d %s', its.live, its.pool or '')) end
  for name, its in pairs(pool) do note('p' .. name, its, string.format('%d', its.live)) end
  if live == 0 then redis.call('DEL', accounts) else redis.call('HSET', accounts, unpack(set)) end
  redis.call('HSET', meta, 'run', run, 'floor', string.format('%d', floor), 'evicted', string.format('%d', evicted),
    'latest', string.format('%d', latest), 'live', string.format('%d', live))
  account, pool, changed = {}, {}, false
end
local function release(member)
  redis.call('ZREM', nonces, member)
  local its = accountOf(string.sub(member, 1, 16))
  if its.live > 0 then
    its.live = its.live - 1
    local of = poolOf(its.pool)
    of.live = of.live - 1
  end
  live, changed = live - 1, true
end
local function clear(most)
  local dead = redis.call('ZRANGEBYSCORE', nonces, '-inf', evicted, 'LIMIT', 0, most)
  for _, member in ipairs(dead) do release(member) end
  return #dead
end

local function reserve(id, name, most)
  if live >= capacity then return false end
  local its, into = accountOf(id), poolOf(name)
  if its.live >= perPassport then return false end
  local moving = its.pool == name and 0 or its.live
  if into.live + moving >= most then return false end
  if moving > 0 then
    local from = poolOf(its.pool)
    from.live = from.live - moving
  end
  into.live = into.live + moving + 1
  its.pool, its.live, live = name, its.live + 1, live + 1
  return true
end
local function reserveAll()
  for i = FIRST, #ARGV, FIELDS do
    if not reserve(ARGV[i], ARGV[i + 3], tonumber(ARGV[i + 4])) then return false end
  end
  return true
end

local function consume()
  local seen = {}
  for i = FIRST, #ARGV, FIELDS do
    local tick = tonumber(ARGV[i + 2])
    if tick == 0 or tick <= evicted then return 'below-floor' end
  end
  for i = FIRST, #ARGV, FIELDS do
    local member = ARGV[i] .. ARGV[i + 1]
    if seen[member] then return 'repeated' end
    seen[member] = redis.call('ZSCORE', nonces, member) or 'new'
    if seen[member] ~= 'new' and tonumber(seen[member]) > evicted then return 'repeated' end
  end
  for member, score in pairs(seen) do
    if score ~= 'new' then release(member) end
  end
  save()
  local before = live
  if not reserveAll() then
    live, account, pool = before, {}, {}
    if clear(1000) == 0 then return 'full' end
    save()
    before = live
    if not reserveAll() then
      live, account, pool = before, {}, {}
      return 'full'
    end
  end
  changed = true
  for i = FIRST, #ARGV, FIELDS do
    local tick = tonumber(ARGV[i + 2])
    redis.call('ZADD', nonces, tick, ARGV[i] .. ARGV[i + 1])
    latest = math.max(latest, tick)
  end
  return 'accepted'
end

if over[2] then clear(4 + (#ARGV - FIRST + 1) / FIELDS) end
local outcome = consume()
save()
if outcome == 'accepted' then
  -- Beside the accounts of what is over: an idle store leaves nothing behind but its floor.
  local keep = math.max(latest * 1000 - now, 0) + horizon + 60000
  redis.call('PEXPIRE', nonces, keep)
  redis.call('PEXPIRE', accounts, keep)
end
return {outcome, math.max(floor, evicted * 1000), live}
`);
