import { createReadStream } from 'node:fs';
import { MAX_LINE_BYTES } from '../trail/trail-line.js';
import { AuditTrailError } from './trail-error.js';

const LINE_FEED = 0x0a;

/** A line without its line feed; `isWhole` is false of bytes at the end of a file that no line feed follows. */
export interface FileLine {
  readonly bytes: Uint8Array;
  readonly number: number;
  readonly isWhole: boolean;
}

/** The lines of a file of any size, one at a time, with memory for one. @throws AuditTrailError `line_too_long`, `file_unreadable` */
export async function* linesOf(file: string): AsyncGenerator<FileLine> {
  let rest: Uint8Array = new Uint8Array(0);
  let number = 1;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        const bytes = joined(rest, chunk.subarray(start, end), file, number);
        yield { bytes, number, isWhole: true };
        rest = new Uint8Array(0);
        number += 1;
        start = end + 1;
      }
      rest = joined(rest, chunk.subarray(start), file, number);
    }
  } catch (error) {
    if (error instanceof AuditTrailError) throw error;
    throw new AuditTrailError('file_unreadable', { file }, { cause: error });
  }
  if (rest.length > 0) yield { bytes: rest, number, isWhole: false };
}

function joined(first: Uint8Array, second: Uint8Array, file: string, line: number): Uint8Array {
  const length = first.length + second.length;
  if (length > MAX_LINE_BYTES) throw new AuditTrailError('line_too_long', { file, line });
  if (first.length === 0) return second;
  const bytes = new Uint8Array(length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
