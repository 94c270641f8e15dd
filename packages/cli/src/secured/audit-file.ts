import { closeSync, openSync, writeSync } from 'node:fs';
import type { AuditSink } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';

/** A file of one JSON object per line, only ever appended to. */
export interface AuditFile {
  readonly sink: AuditSink;
  close(): void;
}

/**
 * Opens the audit file, creating it for its owner alone. Lines are written synchronously: an event is in the file before the message that it tells of
 * goes any further.
 *
 * @throws UsageError where the file cannot be opened.
 */
export function openAuditFile(path: string, onFault: (error: Error) => void): AuditFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'a', 0o600);
  } catch (error) {
    throw new UsageError(`The audit file cannot be opened (${errorCode(error)}).`, { cause: error });
  }
  let faulty = false;
  return {
    sink: (event) => {
      try {
        writeSync(descriptor, `${JSON.stringify(event)}\n`);
      } catch (error) {
        if (!faulty) onFault(new Error(`The audit file cannot be written (${errorCode(error)}).`, { cause: error }));
        faulty = true;
      }
    },
    close: () => closeSync(descriptor),
  };
}
