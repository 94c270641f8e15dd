import { existsSync } from 'node:fs';
import type { PublicKey } from '@mcps/crypto';
import { ConfigurationError, assertNotTestKey } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { rotatedNumbers, rotatedPath } from '../file/rotated-names.js';
import type { TrailHead } from '../trail/trail-head.js';
import { isCheckpoint } from '../trail/trail-line.js';
import { linesOf } from './read-lines.js';
import { AuditTrailError } from './trail-error.js';
import { TrailWalk, isClose } from './trail-walk.js';

export interface VerifyAuditTrailOptions {
  /** The keys whose checkpoints count: that of the writer, and those that it had before. */
  readonly keys: readonly PublicKey[];
  /** A checkpoint that the trail is known to have had, from a place that whoever can write the files cannot write. Without it, lines that are missing at the end do not show. */
  readonly expectedHead?: TrailHead;
  /** Is told now and then how many lines have been verified, and how many bytes these are. */
  readonly onProgress?: (lines: number, bytes: number) => void;
  /** Is told every record that follows on the line before. Nothing of it counts before the whole trail has verified: the signature comes later. */
  readonly onRecord?: (record: JsonObject) => void;
  /** Takes keys whose private half is published. For tests. */
  readonly allowTestKeys?: boolean;
}

/** A trail whose chain holds, and whose checkpoints are by the given keys. */
export interface VerifiedAuditTrail {
  readonly trail: string;
  readonly entries: number;
  readonly checkpoints: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Number of the last checkpoint: up to here, whoever has changed a line had the key. */
  readonly signedThrough: number;
  /** Entries behind it: their writer could be anybody who can write the file. */
  readonly unsignedEntries: number;
  /** Whether the last line is the checkpoint of a writer that ended. If not, it is still at work, or was interrupted, or lines are missing. */
  readonly closed: boolean;
  /** Whether the first files are not among those given: deleted after their time, or withheld. */
  readonly startsMidway: boolean;
  /** How often a writer began without the one before having ended: a crash, or lines that were cut off in between. */
  readonly interruptions: number;
  /** Bytes of unfinished lines that writers have cut off when they began. */
  readonly cutBytes: number;
  /** Events that the log itself says it has lost. */
  readonly lostEvents: number;
}

const PROGRESS_LINES = 10_000;

/**
 * Verifies a trail (docs/spec/audit-1.0.md): every line well-formed and hashed, numbered and chained without a gap, every file beginning with a checkpoint, every checkpoint
 * signed by one of the keys. Reads files of any size with memory for one line.
 *
 * @param paths the path that the trail is written to, whose older files are found beside it; or all files, the oldest first
 *
 * Rejects with `AuditTrailError`, with the first fault, its file and line; `ConfigurationError` `option_invalid`, `test_key_refused`.
 */
export async function verifyAuditTrail(
  paths: string | readonly string[],
  { keys, expectedHead, onProgress, onRecord, allowTestKeys = false }: VerifyAuditTrailOptions,
): Promise<VerifiedAuditTrail> {
  if (keys.length === 0) throw new ConfigurationError('option_invalid', 'A trail is verified with at least one key.');
  if (!allowTestKeys) keys.forEach(assertNotTestKey);
  const walk = new TrailWalk(new Map(keys.map((key) => [key.thumbprint, key])), expectedHead);
  let lines = 0;
  let read = 0;
  for (const file of typeof paths === 'string' ? auditTrailFiles(paths) : [...paths]) {
    for await (const { bytes, number, isWhole } of linesOf(file)) {
      const fault = isWhole ? walk.take(bytes, number === 1) : 'truncated';
      if (fault !== undefined) throw new AuditTrailError(fault, { file, line: number });
      if (onRecord !== undefined && walk.last !== undefined && !isCheckpoint(walk.last)) onRecord(walk.last.record);
      lines += 1;
      read += bytes.length + 1;
      if (lines % PROGRESS_LINES === 0) onProgress?.(lines, read);
    }
  }
  onProgress?.(lines, read);
  return resultOf(walk);
}

/** The files of a trail, the oldest first: `path.N` … `path.1`, `path`. */
export function auditTrailFiles(path: string): string[] {
  let numbers: number[];
  try {
    numbers = rotatedNumbers(path).reverse();
  } catch (error) {
    throw new AuditTrailError('file_unreadable', { file: path }, { cause: error });
  }
  const older = numbers.map((number) => rotatedPath(path, number));
  return older.length === 0 || existsSync(path) ? [...older, path] : older;
}

function resultOf(walk: TrailWalk): VerifiedAuditTrail {
  const fault = walk.end();
  if (fault !== undefined) throw new AuditTrailError(fault);
  const { first, last, lastCheckpoint, counts } = walk;
  // A file begins with a checkpoint, so a trail with a line has one.
  if (first === undefined || last === undefined || lastCheckpoint === undefined)
    throw new AuditTrailError('trail_empty');
  return {
    trail: last.trail,
    ...counts,
    firstSeq: first.seq,
    lastSeq: last.seq,
    signedThrough: lastCheckpoint.seq,
    closed: isClose(last),
    startsMidway: first.seq !== 1,
  };
}
