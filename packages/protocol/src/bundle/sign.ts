import type { PrivateKey, Signer } from '@mcps/crypto';
import type { KeySet } from '../key-set/index.js';
import type { Passport } from '../passport/types.js';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import type { StatusList } from '../status-list/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { readBundle } from './read.js';
import type { Bundle } from './types.js';

export interface SignBundleOptions {
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Higher than that of every bundle before. */
  readonly number: number;
  readonly keySet: KeySet;
  readonly passports?: readonly Passport[];
  readonly list: StatusList;
  /** How long it counts, seconds. Default 7 days. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly createdAtMs?: number;
  readonly clock?: Clock;
}

const FORMAT: StatementFormat<Bundle> = { what: 'The bundle', context: 'bundle', read: readBundle };

/**
 * Makes a bundle and signs it under the context `bundle` with one of the status keys that its key set names.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signBundle(options: SignBundleOptions, key: PrivateKey | Signer): Promise<Bundle> {
  const { authority, number, keySet, passports = [], list, ttlSeconds = 7 * 24 * 3600, clock = systemClock } = options;
  const { createdAtMs = clock() } = options;
  const draft = {
    authority,
    number,
    created_at: formatTimestamp(createdAtMs),
    expires_at: formatTimestamp(createdAtMs + ttlSeconds * 1000),
    key_set: keySet,
    passports,
    list,
  };
  return runAsync(signStatement(FORMAT, draft, key));
}
