import { createHash } from 'node:crypto';
import { UNANCHORED_POOL } from '@mcps/protocol';
import type { ReplayEntry, ReplayOutcome, ReplayStore } from '@mcps/protocol';
import type { RedisClient } from '../script/redis-client.js';
import { RedisStoreError, malformedReply } from '../script/redis-store-error.js';
import { ScriptRunner } from '../script/script-runner.js';
import { CONSUME_SCRIPT } from './consume-script.js';
import { resolveReplayOptions } from './replay-options.js';
import type { RedisReplayStoreOptions, ReplaySettings } from './replay-options.js';

const TICK_MS = 1000;
const MAX_TIME_MS = 8.64e15;
/** In place of a tick: the entry is over. */
const OVER = 0;
const OUTCOMES: readonly unknown[] = ['accepted', 'repeated', 'full', 'below-floor'] satisfies ReplayOutcome[];

/**
 * A replay store on Redis 7 or Valkey that all replicas of a service share.
 *
 * - One round trip, one atomic step of the server, whatever the number of entries.
 * - Over a quota or full, it says so; it never forgets a live nonce, and it refuses a server that may (any `maxmemory-policy` but `noeviction`).
 * - After a restart of the server, a fail-over or a loss of keys its floor rises over all that can have been accepted, so what was forgotten is refused.
 * - Every call ends in time: where the server cannot answer, it rejects with `RedisStoreError`, and the message is refused.
 */
export class RedisReplayStore implements ReplayStore {
  readonly shared = true;
  readonly windowMs: number;
  readonly #runner: ScriptRunner;
  readonly #settings: ReplaySettings;
  #floorMs = -Infinity;
  #size = 0;

  private constructor(client: RedisClient, options: RedisReplayStoreOptions) {
    this.#settings = resolveReplayOptions(options);
    this.windowMs = this.#settings.windowMs;
    this.#runner = new ScriptRunner(client, options);
  }

  /**
   * Makes sure that the server keeps what it is given, and learns where its memory begins.
   *
   * Rejects with `ConfigurationError` `option_invalid`, and with `RedisStoreError`: `eviction_policy` where the server evicts keys, or why it cannot answer.
   */
  static async open(client: RedisClient, options: RedisReplayStoreOptions = {}): Promise<RedisReplayStore> {
    const store = new RedisReplayStore(client, options);
    const nowMs = store.#settings.clock();
    checkNow(nowMs);
    await store.#run([], nowMs, true);
    return store;
  }

  /** Live entries of all replicas, as of the latest reply. */
  get size(): number {
    return this.#size;
  }

  /** As of the latest reply: another replica may have found out more. {@link consume} asks anew. */
  floorMs(): number {
    return this.#floorMs;
  }

  async consume(entries: readonly ReplayEntry[], nowMs: number): Promise<ReplayOutcome> {
    checkNow(nowMs);
    return this.#run(
      entries.flatMap((entry) => this.#valuesOf(entry, nowMs)),
      nowMs,
      false,
    );
  }

  #valuesOf(entry: ReplayEntry, nowMs: number): (string | Buffer)[] {
    const { nonce, expiresAtMs, pool } = entry;
    if (!/^[0-9a-f]{32}$/.test(nonce)) throw new TypeError('nonce is not 32 lower-case hexadecimal characters');
    if (!Number.isFinite(expiresAtMs) || Math.abs(expiresAtMs) > MAX_TIME_MS)
      throw new TypeError('expiresAtMs is not a time');
    const tick = expiresAtMs < nowMs ? OVER : Math.ceil(expiresAtMs / TICK_MS);
    const limit = pool === UNANCHORED_POOL ? this.#settings.unanchored : this.#settings.perPool;
    return [accountOf(entry), Buffer.from(nonce, 'hex'), String(tick), pool, String(limit)];
  }

  async #run(entryValues: readonly (string | Buffer)[], nowMs: number, opening: boolean): Promise<ReplayOutcome> {
    const { keys, capacity, perPassport, maxClockSkewMs, horizonMs } = this.#settings;
    // An entry is good at the very millisecond of its expiry, so a tick is over only once even the slowest clock has passed it.
    const dueTick = Math.ceil((nowMs - maxClockSkewMs) / TICK_MS) - 1;
    const lossFloorMs = Math.ceil(nowMs) + horizonMs;
    const numbers = [Math.floor(nowMs), dueTick, lossFloorMs, capacity, perPassport, horizonMs, opening ? 1 : 0];
    return this.#read(await this.#runner.run(CONSUME_SCRIPT, keys, [...numbers.map(String), ...entryValues]));
  }

  #read(reply: unknown): ReplayOutcome {
    const [outcome, second, third] = Array.isArray(reply) ? (reply as readonly unknown[]) : [];
    if (outcome === 'eviction-policy') {
      throw new RedisStoreError(
        'eviction_policy',
        `Redis would forget live nonces to make room (maxmemory-policy ${String(second)}): set it to noeviction.`,
      );
    }
    const floorMs = Number(second);
    const size = Number(third);
    if (!isOutcome(outcome) || !Number.isFinite(floorMs) || !Number.isFinite(size)) throw malformedReply();
    this.#floorMs = Math.max(this.#floorMs, floorMs);
    this.#size = size;
    return outcome;
  }
}

/** 16 bytes that stand for the identity. The nonces of one identity cannot collide with those of another but by a collision of SHA-256. */
function accountOf({ revision, passportId, keyThumbprint }: ReplayEntry): Buffer {
  const identity = JSON.stringify([revision, passportId, keyThumbprint]);
  return createHash('sha256').update(identity).digest().subarray(0, 16);
}

function isOutcome(value: unknown): value is ReplayOutcome {
  return OUTCOMES.includes(value);
}

function checkNow(nowMs: number): void {
  if (!Number.isFinite(nowMs) || Math.abs(nowMs) > MAX_TIME_MS) throw new TypeError('nowMs is not a time');
}
