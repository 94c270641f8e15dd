import type { PrivateKey, Signer } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { TreeHeadReference } from '../tree-head/index.js';
import { readSignedStatus, readStaple } from './read.js';
import type { PassportStatus, SignedStatus, Staple } from './types.js';

export interface SignStapleOptions {
  /** The anchor's issuer name. */
  readonly authority: string;
  readonly passportId: string;
  /** Lower-case hex, see `passportDigest`. */
  readonly passportDigest: string;
  readonly epoch: number;
  readonly treeHead: TreeHeadReference;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly producedAtMs?: number;
  /** How long it counts, seconds. Of a status at most 300, default 60; of a staple at most 3,600, and that by default. */
  readonly ttlSeconds?: number;
  readonly clock?: Clock;
}

export interface SignStatusOptions extends Omit<SignStapleOptions, 'passportDigest'> {
  /** Lower-case hex, see `passportDigest`; null where the status is `UNKNOWN`. */
  readonly passportDigest: string | null;
  readonly status: PassportStatus;
  /** With `REVOKED`: when, in milliseconds since the Unix epoch, and why. */
  readonly revocation?: { readonly reason: string; readonly revokedAtMs: number };
}

const STATUS: StatementFormat<SignedStatus> = { what: 'The status', context: 'status', read: readSignedStatus };
const STAPLE: StatementFormat<Staple> = { what: 'The staple', context: 'staple', read: readStaple };

/**
 * Makes an answer about one passport and signs it under the context `status` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signStatus(options: SignStatusOptions, key: PrivateKey | Signer): Promise<SignedStatus> {
  const { status, passportDigest, revocation } = options;
  const draft = {
    ...commonOf(options, 60),
    passport_digest: passportDigest,
    status,
    ...(revocation === undefined
      ? {}
      : { reason: revocation.reason, revoked_at: formatTimestamp(revocation.revokedAtMs) }),
  };
  return runAsync(signStatement(STATUS, draft, key));
}

/**
 * Makes a staple for a passport that is valid, its whole chain included, and signs it under the context `staple` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signStaple(options: SignStapleOptions, key: PrivateKey | Signer): Promise<Staple> {
  const draft = { ...commonOf(options, 3600), passport_digest: options.passportDigest, status: 'VALID' };
  return runAsync(signStatement(STAPLE, draft, key));
}

function commonOf(options: Omit<SignStapleOptions, 'passportDigest'>, defaultTtlSeconds: number): object {
  const { authority, passportId, epoch, treeHead, clock = systemClock } = options;
  const { producedAtMs = clock(), ttlSeconds = defaultTtlSeconds } = options;
  return {
    authority,
    passport_id: passportId,
    epoch,
    produced_at: formatTimestamp(producedAtMs),
    expires_at: formatTimestamp(producedAtMs + ttlSeconds * 1000),
    tree_head: { tree_size: treeHead.tree_size, root_hash: treeHead.root_hash },
  };
}
