import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { canonicalize, encodeUtf8 } from '@mcps/crypto';
import { AuditError, systemCode } from '../error.js';
import { isCheckpoint, readTrailLine } from './trail-line.js';
import type { CheckpointLine } from './trail-line.js';

/** Where a trail stood at a checkpoint: enough to tell later that nothing was cut off before it. */
export interface TrailHead {
  readonly trail: string;
  readonly seq: number;
  /** Of the checkpoint's line, lower-case hex. */
  readonly hash: string;
}

/** The head that a checkpoint is. */
export function headOf({ trail, seq, hash }: CheckpointLine): TrailHead {
  return { trail, seq, hash };
}

/**
 * Reads the file that `headFile` names: the line of the latest checkpoint. Undefined where there is no such file. Its signature is not looked at; the trail's line is
 * the same, and is.
 *
 * @throws AuditError `file_unusable`
 */
export function readTrailHead(path: string): TrailHead | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    const message = `The file of a trail's head cannot be read (${systemCode(error)}).`;
    throw new AuditError('file_unusable', message, { cause: error });
  }
  const line = readTrailLine(encodeUtf8(text.trimEnd()));
  if (line === undefined || !isCheckpoint(line))
    throw new AuditError('file_unusable', "The file of a trail's head holds no checkpoint.");
  return headOf(line);
}

/** Replaces the file as a whole: a reader sees the old head or the new one. */
export function writeTrailHead(path: string, line: CheckpointLine, mode: number): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, `${canonicalize(line)}\n`, { mode, flush: true });
  renameSync(temporary, path);
}
