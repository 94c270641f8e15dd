import { encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { TreeHeadReference } from '../tree-head/index.js';
import { StatusBits } from './status-bits.js';
import { readStatusBitmap } from './status-bitmap.js';
import type { StatusBitmap } from './status-bitmap.js';
import { deflate } from './zlib.js';

/** Compresses bytes in the ZLIB format (RFC 1950). */
export type Compressor = (bytes: Uint8Array) => Promise<Uint8Array>;

export interface SignStatusBitmapOptions {
  /** The anchor's issuer name. */
  readonly issuer: string;
  /** Higher than that of every bitmap before; that of the list that states the same set. */
  readonly number: number;
  /** How many passports below the anchor have ever been revoked. */
  readonly epoch: number;
  /** How many passports it tells of. Those that are issued before the next bitmap are told of too, where their indices lie below. */
  readonly size: number;
  /** The indices of the revoked passports, in any order. */
  readonly revoked: Iterable<number>;
  readonly treeHead: TreeHeadReference;
  /** How long the bitmap counts, seconds. Default 3,600. */
  readonly ttlSeconds?: number;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly issuedAtMs?: number;
  readonly clock?: Clock;
  /** Default: what every runtime has. `compressBits` of `@mcps/protocol/node` is slower and makes about a tenth less. */
  readonly compress?: Compressor;
}

const FORMAT: StatementFormat<StatusBitmap> = {
  what: 'The status bitmap',
  context: 'status-bitmap',
  read: readStatusBitmap,
};

/**
 * Makes a status bitmap and signs it under the context `status-bitmap` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export async function signStatusBitmap(
  options: SignStatusBitmapOptions,
  key: PrivateKey | Signer,
): Promise<StatusBitmap> {
  const { issuer, number, epoch, size, revoked, treeHead, clock = systemClock, compress = deflate } = options;
  const { issuedAtMs = clock(), ttlSeconds = 3600 } = options;
  const draft = {
    issuer,
    number,
    epoch,
    issued_at: formatTimestamp(issuedAtMs),
    next_update: formatTimestamp(issuedAtMs + ttlSeconds * 1000),
    size,
    tree_head: { ...treeHead },
  };
  const bits = encodeBase64(await compress(bitsOf(revoked, size).toBytes()));
  return runAsync(signStatement(FORMAT, { ...draft, bits }, key));
}

function bitsOf(revoked: Iterable<number>, size: number): StatusBits {
  try {
    return StatusBits.of(revoked, size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigurationError('option_invalid', `The status bitmap is not acceptable: ${error.message}.`);
  }
}
