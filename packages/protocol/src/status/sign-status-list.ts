import { encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { asConfiguration } from '../passport/configuration-fault.js';
import { runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { readStatusList, statusListSigningInput } from './status-list.js';
import type { RevokedPassport, StatusList, StatusListTreeHead } from './status-list.js';

export interface SignStatusListOptions {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** Higher than that of every list before. */
  readonly number: number;
  /** All revoked passports below the anchor that have not expired. */
  readonly revoked: readonly RevokedPassport[];
  /** How long the list counts, seconds. Default 3,600. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly issuedAtMs?: number;
  readonly clock?: Clock;
  readonly treeHead?: StatusListTreeHead;
}

/**
 * Makes a status list and signs it under the context `status-list` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signStatusList(options: SignStatusListOptions, key: PrivateKey | Signer): Promise<StatusList> {
  return runAsync(signStatusListSteps(options, key));
}

function* signStatusListSteps(options: SignStatusListOptions, key: PrivateKey | Signer): Procedure<StatusList> {
  const { issuer, number, revoked, clock = systemClock, issuedAtMs = clock(), ttlSeconds = 3600, treeHead } = options;
  if (!(ttlSeconds > 0)) throw new ConfigurationError('option_invalid', 'A status list must count for some time.');
  const draft = {
    issuer,
    number,
    issued_at: formatTimestamp(issuedAtMs),
    next_update: formatTimestamp(issuedAtMs + ttlSeconds * 1000),
    revoked: revoked.map((entry) => ({ ...entry })),
    ...(treeHead === undefined ? {} : { tree_head: { ...treeHead } }),
  };
  const input = asConfiguration('The status list', () => statusListSigningInput(draft));
  const signature = encodeBase64(yield* signBytes(key, input));
  return asConfiguration('The status list', () => readStatusList({ ...draft, signature }));
}
