import { ConfigurationError, systemClock } from '@mcps/protocol';
import type { AnchorCeiling, Clock, KeySets, KnownRevocations, TrustAnchorOptions } from '@mcps/protocol';
import type { Fetch } from '../http/bounded-fetch.js';
import { parseAuthorityUrl } from '../http/authority-url.js';
import { shieldNotices } from '../notice.js';
import type { NoticeListener } from '../notice.js';
import { MemoryStateStore } from '../state/state-store.js';
import type { StateStore } from '../state/state-store.js';

/** An authority, and where it is to be reached. */
export interface TrustAuthorityOptions {
  /** Its addresses in the order of preference, at most 8: `https`, or `http` on this machine. None: it is never asked, and bundles are all that is known of it. */
  readonly urls: string | readonly string[];
  /** Its name and keys. Without it the keys are fetched once over TLS and pinned, which is reported. */
  readonly trustAnchor?: TrustAnchorOptions;
  /** The most that it is believed, where its keys are pinned; a `trustAnchor` has its own. */
  readonly ceiling?: AnchorCeiling;
}

export interface TrustClientOptions {
  /** At least one. A text is the one address of one authority. */
  readonly authorities: string | readonly TrustAuthorityOptions[];
  /** Where list numbers, states of logs and pinned keys are remembered. Default: in memory, which is reported. */
  readonly state?: StateStore;
  /** Whether to listen for revocations and keep lists. Without it authorities are asked about single passports only. Default true. */
  readonly subscribe?: boolean;
  /** How old an answer may be, milliseconds. The same as `statusMaxAgeMs` of the security options. Default 60,000. */
  readonly maxAgeMs?: number;
  /** How long one attempt at one address may take, milliseconds. With a second address, two have to fit into `statusTimeoutMs`. Default 2,000. */
  readonly attemptTimeoutMs?: number;
  /** How often authorities give a sign of life, milliseconds. Default 10,000. */
  readonly heartbeatMs?: number;
  /** How often to fetch lists while nothing is heard, milliseconds. Default 30,000. */
  readonly pollMs?: number;
  /** Where revocations go; give the same to the security options. Default: one of its own, with room for a million. */
  readonly revocations?: KnownRevocations;
  /** Of an earlier client of the same authorities, whose `anchors` this one is to go on keeping. Default: from the state. */
  readonly keySets?: KeySets;
  readonly onNotice?: NoticeListener;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** From 0 up to 1: spreads what would otherwise happen everywhere at one moment. Nothing secret depends on it. */
  readonly random?: () => number;
}

export interface TrustClientSettings {
  readonly authorities: readonly {
    readonly urls: readonly string[];
    readonly trustAnchor: TrustAnchorOptions | undefined;
    readonly ceiling: AnchorCeiling | undefined;
  }[];
  readonly store: StateStore;
  readonly subscribe: boolean;
  readonly maxAgeMs: number;
  readonly attemptTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly pollMs: number;
  readonly notify: NoticeListener;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: () => number;
}

const MAX_AUTHORITIES = 64;
const NAMES: ReadonlySet<string> = new Set<keyof TrustClientOptions>([
  'authorities',
  'state',
  'subscribe',
  'maxAgeMs',
  'attemptTimeoutMs',
  'heartbeatMs',
  'pollMs',
  'revocations',
  'keySets',
  'onNotice',
  'fetch',
  'clock',
  'random',
]);

/** @throws ConfigurationError `option_missing`, `option_invalid` */
export function resolveOptions(options: TrustClientOptions): TrustClientSettings {
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) throw invalid(`There is no option \`${name}\` of the trust client.`);
  }
  return {
    authorities: authoritiesOf(options.authorities),
    store: options.state ?? new MemoryStateStore(),
    subscribe: options.subscribe ?? true,
    maxAgeMs: duration('maxAgeMs', options.maxAgeMs ?? 60_000),
    attemptTimeoutMs: duration('attemptTimeoutMs', options.attemptTimeoutMs ?? 2_000),
    heartbeatMs: duration('heartbeatMs', options.heartbeatMs ?? 10_000),
    pollMs: duration('pollMs', options.pollMs ?? 30_000),
    notify: shieldNotices(options.onNotice),
    // Called as a method of nothing: browsers refuse their fetch otherwise.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function authoritiesOf(authorities: TrustClientOptions['authorities']): TrustClientSettings['authorities'] {
  const list = typeof authorities === 'string' ? [{ urls: authorities }] : authorities;
  const isList: boolean = Array.isArray(list);
  if (!isList || list.length === 0)
    throw new ConfigurationError('option_missing', 'The option `authorities` is missing: give the address of one.');
  if (list.length > MAX_AUTHORITIES) throw invalid(`There may be at most ${MAX_AUTHORITIES} authorities.`);
  return list.map(({ urls, trustAnchor, ceiling }) => {
    const addresses = typeof urls === 'string' ? [urls] : [...urls];
    // Found out now, and not by the first request.
    for (const url of addresses) parseAuthorityUrl(url);
    if (addresses.length === 0 && trustAnchor === undefined)
      throw invalid('An authority without an address needs a `trustAnchor`.');
    if (trustAnchor !== undefined && ceiling !== undefined)
      throw invalid('An authority with a `trustAnchor` has its `ceiling` there.');
    return { urls: addresses, trustAnchor, ceiling };
  });
}

function duration(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= 2 ** 31 - 1) return value;
  throw invalid(`The option \`${name}\` must be a whole number of milliseconds from 1 on.`);
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('option_invalid', message);
}
