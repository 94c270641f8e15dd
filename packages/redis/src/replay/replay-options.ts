import { ConfigurationError, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { checkLimit } from '../script/check-limit.js';
import { checkPrefix } from '../script/prefix.js';
import type { ScriptOptions } from '../script/script-runner.js';

const STORE = 'replay store';

/** Settings of a {@link RedisReplayStore}. All replicas must have the same. */
export interface RedisReplayStoreOptions extends ScriptOptions {
  /** Names the store on the server: services that share a server have different ones. Default `mcps`. */
  readonly prefix?: string;
  /** Live nonces in all; default 1,048,576, for which the server needs some 150 MB. */
  readonly capacity?: number;
  /** Live nonces of one identity; default a quarter of the capacity. Allow at least its rate limit times the window. */
  readonly perPassport?: number;
  /** Live nonces of all identities of one authority; default the capacity without the unanchored share. */
  readonly perPool?: number;
  /** The share of the capacity, above 0 and up to 1, that all identities without an anchored passport may hold together; default 1/8. */
  readonly unanchoredShare?: number;
  /** How long after its timestamp the receivers accept a message; default 300,000 ms. */
  readonly windowMs?: number;
  /** How far ahead of their clocks the receivers accept a timestamp; default 60,000 ms. */
  readonly futureToleranceMs?: number;
  /** How far the replicas' clocks may lie apart; nonces are kept for so much longer. Default 5,000 ms. */
  readonly maxClockSkewMs?: number;
  /** Read when the store is opened. Default the system clock. */
  readonly clock?: Clock;
}

export interface ReplaySettings {
  readonly keys: readonly [meta: string, nonces: string, accounts: string];
  readonly capacity: number;
  readonly perPassport: number;
  readonly perPool: number;
  readonly unanchored: number;
  readonly maxClockSkewMs: number;
  readonly windowMs: number;
  /** How far ahead of a sound clock the expiry of an accepted message can lie. */
  readonly horizonMs: number;
  readonly clock: Clock;
}

/** @throws ConfigurationError `option_invalid` */
export function resolveReplayOptions(options: RedisReplayStoreOptions): ReplaySettings {
  const capacity = checkLimit('capacity', options.capacity ?? 1_048_576, STORE);
  const share = options.unanchoredShare ?? 1 / 8;
  if (!(share > 0 && share <= 1)) throw invalid('unanchoredShare', 'above 0 and at most 1');
  const unanchored = Math.max(1, Math.floor(capacity * share));
  const prefix = checkPrefix(options.prefix ?? 'mcps', STORE);
  const maxClockSkewMs = duration('maxClockSkewMs', options.maxClockSkewMs ?? 5_000);
  const windowMs = duration('windowMs', options.windowMs ?? 300_000);
  const futureToleranceMs = duration('futureToleranceMs', options.futureToleranceMs ?? 60_000);
  return {
    // One slot of a cluster holds all: what is used up together must lie together, whichever passport and authority it is of.
    keys: [`{${prefix}:replay}:meta`, `{${prefix}:replay}:nonces`, `{${prefix}:replay}:accounts`],
    capacity,
    perPassport: checkLimit('perPassport', options.perPassport ?? Math.ceil(capacity / 4), STORE),
    perPool: checkLimit('perPool', options.perPool ?? Math.max(1, capacity - unanchored), STORE),
    unanchored,
    maxClockSkewMs,
    windowMs,
    horizonMs: windowMs + futureToleranceMs + maxClockSkewMs,
    clock: options.clock ?? systemClock,
  };
}

function duration(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(name, 'a number of milliseconds from 0 on');
  return value;
}

function invalid(name: string, wanted: string): ConfigurationError {
  return new ConfigurationError('option_invalid', `The option \`${name}\` of the ${STORE} must be ${wanted}.`);
}
