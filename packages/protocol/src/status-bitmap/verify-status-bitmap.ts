import { CryptoError, canonicalizeToBytes, decodeBase64, sha256Hex } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import { contentOf, isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import type { LogCommitment, TreeHeadReference } from '../tree-head/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { StatusBits, byteLength } from './status-bits.js';
import { readStatusBitmap } from './status-bitmap.js';
import type { StatusBitmap } from './status-bitmap.js';
import { inflate } from './zlib.js';

/** A status bitmap whose signature and time have been verified, with its bits. */
export type VerifiedStatusBitmap = Verified<
  LogCommitment & {
    readonly bitmap: StatusBitmap;
    readonly bits: StatusBits;
    /** Lower-case hex SHA-256 over what it states, however the bits were compressed: two bitmaps of one number must agree in it. */
    readonly digest: string;
    readonly treeHead: TreeHeadReference;
    /** Milliseconds since the Unix epoch. */
    readonly issuedAtMs: number;
    /** Milliseconds since the Unix epoch. */
    readonly nextUpdateMs: number;
  }
>;

/**
 * Verifies a status bitmap, in this order: shape; signed by a status key of the anchor whose name it bears; not from the future, and not past its next update;
 * and only then its bits: one ZLIB stream of exactly as many bytes as `size` asks for, of which never more are made, with no bit set beyond it.
 *
 * On return nothing is known of its place among other bitmaps: see `SignedBitmapStatusSource`.
 *
 * Throws `McpsError`: `status_invalid`, `status_stale`.
 */
export async function verifyStatusBitmap(
  source: StatementSource,
  options: VerifyStatementOptions,
): Promise<VerifiedStatusBitmap> {
  const instants = instantsOf(options);
  const bitmap = readStatusBitmap(source);
  const { issuer: authority, epoch, tree_head: treeHead, size } = bitmap;
  const keys = options.anchors.get(authority)?.statusKeys ?? [];
  if (!(await runAsync(isSignedByAny(keys, 'status-bitmap', bitmap)))) throw new McpsError('status_invalid');
  const issuedAtMs = parseTimestamp(bitmap.issued_at);
  const nextUpdateMs = parseTimestamp(bitmap.next_update);
  checkPeriod(issuedAtMs, nextUpdateMs, instants);
  const bytes = await inflate(compressedBits(bitmap), byteLength(size));
  if (bytes === undefined) throw new McpsError('status_invalid');
  const bits = new StatusBits(bytes, size);
  if (!bits.isClean) throw new McpsError('status_invalid');
  const digest = await sha256Hex(canonicalizeToBytes({ ...contentOf(bitmap), bits: await sha256Hex(bytes) }));
  return markVerified({ bitmap, bits, digest, authority, epoch, treeHead, issuedAtMs, nextUpdateMs }, 'status-bitmap');
}

function compressedBits({ bits }: StatusBitmap): Uint8Array {
  try {
    return decodeBase64(bits);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('status_invalid', {}, { cause: error });
  }
}
