import type { PrivateKey, PublicJwk, Signer } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { readKeySet } from './read.js';
import type { KeyPurpose, KeySet } from './types.js';

export interface SignKeySetOptions {
  /** The anchor's issuer name. */
  readonly authority: string;
  readonly era: number;
  /** Higher than that of every key set before. */
  readonly number: number;
  readonly keys: readonly {
    readonly purpose: KeyPurpose;
    readonly jwk: PublicJwk;
    /** Milliseconds since the Unix epoch. */
    readonly notBeforeMs: number;
    /** Milliseconds since the Unix epoch. */
    readonly notAfterMs: number;
  }[];
  /** How long it counts, seconds. Default 90 days: the root key may be offline. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly issuedAtMs?: number;
  readonly clock?: Clock;
}

const FORMAT: StatementFormat<KeySet> = { what: 'The key set', context: 'key-set', read: readKeySet };

/**
 * Makes a key set and signs it under the context `key-set` with the root key.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signKeySet(options: SignKeySetOptions, rootKey: PrivateKey | Signer): Promise<KeySet> {
  const { authority, era, number, keys, ttlSeconds = 90 * 24 * 3600, clock = systemClock } = options;
  const { issuedAtMs = clock() } = options;
  const draft = {
    authority,
    era,
    number,
    issued_at: formatTimestamp(issuedAtMs),
    next_update: formatTimestamp(issuedAtMs + ttlSeconds * 1000),
    keys: keys.map(({ purpose, jwk: { kty, crv, x, y }, notBeforeMs, notAfterMs }) => ({
      purpose,
      jwk: { kty, crv, x, y },
      not_before: formatTimestamp(notBeforeMs),
      not_after: formatTimestamp(notAfterMs),
    })),
  };
  return runAsync(signStatement(FORMAT, draft, rootKey));
}
