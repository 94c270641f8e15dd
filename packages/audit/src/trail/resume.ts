import { existsSync } from 'node:fs';
import { createNonce } from '@mcps/crypto';
import { rotatedNumbers, rotatedPath } from '../file/rotated-names.js';
import { AuditError } from '../error.js';
import { linesOf } from '../verify/read-lines.js';
import { AuditTrailError } from '../verify/trail-error.js';
import { TrailWalk } from '../verify/trail-walk.js';
import type { TrailHead } from './trail-head.js';
import { NO_LINE } from './trail-line.js';
import type { TrailEnd } from './trail-writer.js';

/** Where a writer goes on. */
export interface Resumption {
  readonly end: TrailEnd;
  /** Bytes at the end of the file that no line feed follows. */
  readonly torn: number;
}

/**
 * Finds where a trail ends, and looks at the chain of its newest file, and at that of the files before as far as the head goes back. It has no keys: what is looked at is that the
 * writer does not sign over lines which are not those that it has written before the head.
 *
 * Rejects with AuditError `trail_behind_head`; `trail_unreadable`, whose cause is the `AuditTrailError`.
 */
export async function resumeTrail(path: string, head: TrailHead | undefined): Promise<Resumption> {
  const files = [
    ...(existsSync(path) ? [path] : []),
    ...rotatedNumbers(path).map((number) => rotatedPath(path, number)),
  ];
  let torn = 0;
  // From the newest file back, until one has a line, and one goes back to the head.
  for (let count = 1; count <= files.length; count += 1) {
    const walk = new TrailWalk(undefined, undefined);
    let isHeadSeen = false;
    for (const file of files.slice(0, count).reverse()) {
      for await (const { bytes, number, isWhole } of linesOf(file)) {
        if (!isWhole && file === path) torn = bytes.length;
        const fault = isWhole ? walk.take(bytes, number === 1) : file === path ? undefined : 'truncated';
        if (fault !== undefined) throw unreadable(new AuditTrailError(fault, { file, line: number }));
        const { last } = walk;
        if (last?.seq === head?.seq && last?.hash === head?.hash && last?.trail === head?.trail) isHeadSeen = true;
      }
    }
    const { first, last } = walk;
    if (first === undefined || last === undefined) continue;
    if (head !== undefined && !isHeadSeen && head.trail === last.trail && first.seq > head.seq) continue;
    if (head !== undefined && !isHeadSeen) throw behind();
    return { end: { trail: last.trail, seq: last.seq, hash: last.hash }, torn };
  }
  if (head !== undefined) throw behind();
  return { end: { trail: createNonce(), seq: 0, hash: NO_LINE }, torn };
}

function unreadable(cause: AuditTrailError): AuditError {
  const message = `An audit trail that is to be continued does not verify (${cause.code}).`;
  return new AuditError('trail_unreadable', message, { cause });
}

function behind(): AuditError {
  return new AuditError('trail_behind_head', 'An audit trail that is to be continued does not contain its own head.');
}
