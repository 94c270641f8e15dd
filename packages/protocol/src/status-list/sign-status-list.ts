import type { PrivateKey, Signer } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { TreeHeadReference } from '../tree-head/index.js';
import { sortedById } from './revoked-passport.js';
import type { RevokedPassport } from './revoked-passport.js';
import { REVOKED_GRACE_MS, readStatusList } from './status-list.js';
import type { StatusList } from './status-list.js';

export interface SignStatusListOptions {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** Higher than that of every list before. */
  readonly number: number;
  /** How many passports below the anchor have ever been revoked. */
  readonly epoch: number;
  /** All revoked passports below the anchor, in any order. Those that have been expired for an hour are left out. */
  readonly revoked: readonly RevokedPassport[];
  /** How long the list counts, seconds. Default 3,600. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly issuedAtMs?: number;
  readonly clock?: Clock;
  readonly treeHead?: TreeHeadReference;
}

const FORMAT: StatementFormat<StatusList> = { what: 'The status list', context: 'status-list', read: readStatusList };

/**
 * Makes a status list and signs it under the context `status-list` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signStatusList(options: SignStatusListOptions, key: PrivateKey | Signer): Promise<StatusList> {
  const { issuer, number, epoch, revoked, clock = systemClock, issuedAtMs = clock(), ttlSeconds = 3600 } = options;
  const { treeHead } = options;
  const draft = {
    issuer,
    number,
    epoch,
    issued_at: formatTimestamp(issuedAtMs),
    next_update: formatTimestamp(issuedAtMs + ttlSeconds * 1000),
    revoked: stillListed(sortedById(revoked), issuedAtMs),
    ...(treeHead === undefined ? {} : { tree_head: { ...treeHead } }),
  };
  return runAsync(signStatement(FORMAT, draft, key));
}

/** The entries that a list issued at an instant names. */
export function stillListed(entries: readonly RevokedPassport[], issuedAtMs: number): RevokedPassport[] {
  return entries.filter(({ passport_expires_at: expiresAt }) => {
    return issuedAtMs < parseTimestamp(expiresAt) + REVOKED_GRACE_MS;
  });
}
