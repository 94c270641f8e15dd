import { randomBytes } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { NonceTable } from './nonce-table.js';
import type { ReplayAccount, ReplayPool } from './replay-account.js';
import { ReplayQuotas } from './replay-quotas.js';
import type { ReplayEntry, ReplayOutcome, ReplayStore } from './replay-store.js';
import { StartFloor } from './start-floor.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';

const DEFAULT_CAPACITY = 1_048_576;
const MAX_CAPACITY = 2 ** 30;
const TICK_MS = 1000;
const MAX_TICK = 2 ** 31 - 1;
// More than one call adds, so that evicting keeps up with inserting.
const CELLS_PER_CALL = 4;
/** So many at a time where a call needs room: enough to find some soon, and few enough to stop in time once there is. */
const CELLS_PER_ATTEMPT = 64;

/** In place of a tick: the entry lies where the store cannot tell a first use from a repetition. */
const BELOW_FLOOR = 0;

/** Settings of a {@link MemoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /** Live nonces in all; default 1,048,576. Memory is taken as it is needed, about 32 bytes a nonce. */
  readonly capacity?: number;
  /** Live nonces of one identity; default a quarter of the capacity. Allow at least its rate limit times the window. */
  readonly perPassport?: number;
  /** Live nonces of all identities of one authority; default the capacity without the unanchored share. Lower it where several are trusted. */
  readonly perPool?: number;
  /** The share of the capacity, above 0 and up to 1, that all identities without an anchored passport may hold together; default 1/8. */
  readonly unanchoredShare?: number;
  /** How long after its timestamp the receiver accepts a message, as in its own options: less here opens replays after a restart. Default 300,000 ms. */
  readonly windowMs?: number;
  /**
   * How far ahead of the receiver's clock a timestamp may have been when it was accepted before a restart; default 0. With the receiver's own
   * tolerance no message passes a restart, at the price that messages which no handshake binds are refused for as long after each start.
   */
  readonly futureToleranceMs?: number;
  /** Read once, for the start of the store. Default the system clock. */
  readonly clock?: Clock;
  /**
   * Milliseconds since any moment, which setting the clock does not change: tells that the clock was behind when the store started and has been
   * put right since. Default `performance.now` where `clock` is the system clock, and none otherwise.
   */
  readonly uptime?: Clock;
  /** Source of the secret that spreads the nonces over the table; default that of the runtime. */
  readonly randomBytes?: (length: number) => Uint8Array;
}

/**
 * A replay store in this process's memory: not shared, and empty after a restart, hence with a floor at its start.
 *
 * - An entry is kept until its own expiry, rounded up to a whole second, however early or late it came.
 * - The floor rises to the expiry of whatever is evicted, so a clock that is set back does not revive a nonce. It rises with the start where
 *   the clock turns out to have been behind then, so one that is put forward does not revive what was used before the start.
 * - Over a quota or full, it says so; it never forgets a live nonce.
 * - No call waits for a rebuild of everything: growing and evicting are spread over the calls.
 */
export class MemoryReplayStore implements ReplayStore {
  readonly shared = false;
  readonly capacity: number;
  readonly windowMs: number;
  readonly #table: NonceTable;
  readonly #quotas: ReplayQuotas;
  readonly #startFloor: StartFloor;
  #latestDueTick = -Infinity;
  /** Ticks count from here, so that they fit into 32 bits. */
  readonly #baseTick: number;

  /** @throws ConfigurationError `option_invalid` */
  constructor(options: MemoryReplayStoreOptions = {}) {
    const capacity = limit('capacity', options.capacity ?? DEFAULT_CAPACITY);
    const share = options.unanchoredShare ?? 1 / 8;
    if (!(share > 0 && share <= 1)) throw invalid('unanchoredShare is above 0 and at most 1');
    const unanchored = Math.max(1, Math.floor(capacity * share));
    const perPool = limit('perPool', options.perPool ?? Math.max(1, capacity - unanchored));
    const perPassport = limit('perPassport', options.perPassport ?? Math.ceil(capacity / 4));
    const windowMs = duration('windowMs', options.windowMs ?? 300_000);
    const futureToleranceMs = duration('futureToleranceMs', options.futureToleranceMs ?? 0);
    const clock = options.clock ?? systemClock;
    const startMs = duration('clock', clock());
    const uptime = options.uptime ?? (clock === systemClock ? () => performance.now() : undefined);

    this.capacity = capacity;
    this.windowMs = windowMs;
    this.#startFloor = new StartFloor(startMs, windowMs + futureToleranceMs, uptime);
    // A message that a handshake binds may expire before the floor of the start, but not before the start itself.
    this.#baseTick = Math.floor(startMs / TICK_MS) - 1;
    const table = new NonceTable(capacity, (options.randomBytes ?? randomBytes)(16));
    this.#table = table;
    this.#quotas = new ReplayQuotas({ capacity, perPassport, perPool, unanchored }, (number) => table.saltOf(number));
  }

  /** Live entries. An entry whose time is over may still be counted until a later call. */
  get size(): number {
    return this.#quotas.live;
  }

  /** Identities that have live entries. */
  get identities(): number {
    return this.#quotas.accounts;
  }

  /** Bytes of the table of nonces; identities come on top. */
  get byteLength(): number {
    return this.#table.byteLength;
  }

  floorMs(): number {
    const evicted = this.#quotas.evictedTick;
    const { floorMs } = this.#startFloor;
    return evicted === 0 ? floorMs : Math.max(floorMs, (this.#baseTick + evicted) * TICK_MS);
  }

  consume(entries: readonly ReplayEntry[], nowMs: number): Promise<ReplayOutcome> {
    try {
      return Promise.resolve(this.consumeSync(entries, nowMs));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error('the replay store failed', { cause: error }));
    }
  }

  /**
   * {@link ReplayStore.consume} at once.
   *
   * @throws TypeError for an entry or a time that is malformed; nothing has changed then
   */
  consumeSync(entries: readonly ReplayEntry[], nowMs: number): ReplayOutcome {
    if (!Number.isFinite(nowMs)) throw new TypeError('nowMs is not a time');
    // An entry is good at the very millisecond of its expiry, so a tick is over only once the clock has passed it.
    const dueTick = Math.ceil(nowMs / TICK_MS) - 1 - this.#baseTick;
    if (dueTick > this.#latestDueTick) {
      this.#latestDueTick = dueTick;
      this.#startFloor.observe(nowMs);
    }
    let settled = !this.#quotas.isDue(dueTick) || this.#evict(dueTick, CELLS_PER_CALL);
    let outcome = this.#consume(entries, nowMs);
    // The dead count until they are counted off. No more of them than there has to be room for: a flood leaves many behind.
    while (outcome === 'full' && !settled) {
      settled = this.#evict(dueTick, CELLS_PER_ATTEMPT);
      outcome = this.#consume(entries, nowMs);
    }
    return outcome;
  }

  #evict(dueTick: number, maxCells: number): boolean {
    const before = this.#quotas.evictedTick;
    const settled = this.#quotas.evict(dueTick, maxCells);
    if (this.#quotas.evictedTick > before) this.#table.releaseDead(this.#quotas.evictedTick);
    return settled;
  }

  #consume(entries: readonly ReplayEntry[], nowMs: number): ReplayOutcome {
    const single = entries.length === 1 ? entries[0] : undefined;
    return single === undefined ? this.#consumeAll(entries, nowMs) : this.#consumeOne(single, nowMs);
  }

  #consumeAll(entries: readonly ReplayEntry[], nowMs: number): ReplayOutcome {
    const ticks = entries.map((entry) => this.#tickOf(entry, nowMs));
    const used = entries.map((entry) => this.#isUsed(entry));
    if (ticks.includes(BELOW_FLOOR)) return 'below-floor';
    if (used.includes(true) || hasRepetition(entries)) return 'repeated';
    const reserved: { entry: ReplayEntry; account: ReplayAccount; tick: number; before: ReplayPool | undefined }[] = [];
    for (const [index, entry] of entries.entries()) {
      const known = this.#quotas.find(entry);
      const before = known?.pool;
      const account = this.#quotas.reserve(entry, known);
      if (account === undefined) {
        for (const taken of reserved.reverse()) this.#quotas.release(taken.account, taken.before ?? taken.account.pool);
        return 'full';
      }
      reserved.push({ entry, account, tick: ticks[index] ?? BELOW_FLOOR, before });
    }
    for (const { entry, account, tick } of reserved) this.#add(entry, account, tick);
    return 'accepted';
  }

  /** The same for a single entry, which most messages have, with one look into the table. */
  #consumeOne(entry: ReplayEntry, nowMs: number): ReplayOutcome {
    const table = this.#table;
    const quotas = this.#quotas;
    const { evictedTick } = quotas;
    const tick = this.#tickOf(entry, nowMs);
    const known = quotas.find(entry);
    if (known === undefined) table.check(entry.nonce);
    else if (table.probe(entry.nonce, known, evictedTick)) return tick === BELOW_FLOOR ? 'below-floor' : 'repeated';
    if (tick === BELOW_FLOOR) return 'below-floor';
    const account = quotas.reserve(entry, known);
    if (account === undefined) return 'full';
    if (known === undefined) table.probe(entry.nonce, account, evictedTick);
    quotas.settle(account, tick);
    table.insert(account, tick, evictedTick);
    return 'accepted';
  }

  #isUsed(entry: ReplayEntry): boolean {
    const known = this.#quotas.find(entry);
    if (known !== undefined) return this.#table.probe(entry.nonce, known, this.#quotas.evictedTick);
    this.#table.check(entry.nonce);
    return false;
  }

  #add(entry: ReplayEntry, account: ReplayAccount, tick: number): void {
    const { evictedTick } = this.#quotas;
    this.#quotas.settle(account, tick);
    this.#table.probe(entry.nonce, account, evictedTick);
    this.#table.insert(account, tick, evictedTick);
  }

  /** The tick at whose end an entry is forgotten, or {@link BELOW_FLOOR}. */
  #tickOf(entry: ReplayEntry, nowMs: number): number {
    const { expiresAtMs } = entry;
    if (!Number.isFinite(expiresAtMs)) throw new TypeError('expiresAtMs is not a time');
    if (expiresAtMs < nowMs) return BELOW_FLOOR;
    const tick = Math.ceil(expiresAtMs / TICK_MS) - this.#baseTick;
    if (tick > MAX_TICK) throw new TypeError('expiresAtMs is too far ahead');
    return tick <= this.#quotas.evictedTick ? BELOW_FLOOR : tick;
  }
}

function hasRepetition(entries: readonly ReplayEntry[]): boolean {
  const keys = entries.map((e) => JSON.stringify([e.revision, e.passportId, e.keyThumbprint, e.nonce]));
  return new Set(keys).size < keys.length;
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('option_invalid', `replay store: ${message}`);
}

function limit(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > MAX_CAPACITY)
    throw invalid(`${name} is an integer of 1 to 2^30`);
  return value;
}

function duration(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) throw invalid(`${name} is a number of milliseconds from 0 on`);
  return value;
}
