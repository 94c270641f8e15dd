import { ConfigurationError } from '@mcps/protocol';
import type { KnownPeers } from '@mcps/protocol';
import { checkLimit } from '../script/check-limit.js';
import { checkPrefix } from '../script/prefix.js';
import type { RedisClient } from '../script/redis-client.js';
import { RedisStoreError, malformedReply } from '../script/redis-store-error.js';
import { ScriptRunner, createScript } from '../script/script-runner.js';
import type { ScriptOptions } from '../script/script-runner.js';

const MEMORY = 'memory of peers';

/** Settings of {@link RedisKnownPeers}. */
export interface RedisKnownPeersOptions extends ScriptOptions {
  /** Names the memory on the server: services that share a server have different ones. Default `mcps`. */
  readonly prefix?: string;
  /** How many endpoints are remembered; one more is refused, and none is ever forgotten. Default 10,000. */
  readonly capacity?: number;
}

/** Key: the set of endpoints. Value: the endpoint. */
const HAS_SCRIPT = createScript(`return redis.call('SISMEMBER', KEYS[1], ARGV[1])`);

/** Key: the set of endpoints. Values: the endpoint, the capacity. A server that evicts keys would forget them. */
const ADD_SCRIPT = createScript(`
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 'known' end
local policy = string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:(%S+)')
if policy ~= 'noeviction' then return 'eviction-policy' end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 'full' end
redis.call('SADD', KEYS[1], ARGV[1])
return 'known'
`);

/**
 * The endpoints that have spoken MCPS, remembered for all replicas of a client on Redis 7 or Valkey: whatever one of them has found to be secure, nobody talks the
 * others out of.
 *
 * It lasts as long as the server's data does: have Redis persist it. Every call rejects with `RedisStoreError` where the server cannot answer; nothing is sent to
 * the endpoint then.
 */
export class RedisKnownPeers implements KnownPeers {
  readonly #runner: ScriptRunner;
  readonly #key: string;
  readonly #capacity: number;

  /** @throws ConfigurationError `option_invalid` */
  constructor(client: RedisClient, options: RedisKnownPeersOptions = {}) {
    this.#runner = new ScriptRunner(client, options);
    this.#key = `{${checkPrefix(options.prefix ?? 'mcps', MEMORY)}:peers}`;
    this.#capacity = checkLimit('capacity', options.capacity ?? 10_000, MEMORY);
  }

  async has(endpoint: string): Promise<boolean> {
    const reply = await this.#runner.run(HAS_SCRIPT, [this.#key], [endpoint]);
    if (reply !== 0 && reply !== 1) throw malformedReply();
    return reply === 1;
  }

  async add(endpoint: string): Promise<void> {
    const reply = await this.#runner.run(ADD_SCRIPT, [this.#key], [endpoint, String(this.#capacity)]);
    if (reply === 'known') return;
    if (reply === 'full') {
      throw new ConfigurationError(
        'state_unavailable',
        'The memory of secure peers is full; nothing in it may be forgotten.',
      );
    }
    if (reply !== 'eviction-policy') throw malformedReply();
    throw new RedisStoreError(
      'eviction_policy',
      'Redis would forget secure peers to make room: set maxmemory-policy to noeviction.',
    );
  }
}
