import type { AuditRecordSink } from '../log/record-sink.js';
import { checkCount } from '../log/check-count.js';
import type { AuditRecord } from '../record/audit-record.js';
import { AppendFile } from './append-file.js';

export interface JsonLinesFileOptions {
  /** How large a file may become, but for a single batch that is larger. Then another is begun. Default 64 MiB. */
  readonly maxBytes?: number;
  /** How many older files are kept: `path.1` is the newest. Default 10; 0 keeps none. */
  readonly maxFiles?: number;
  /** Permissions of a file that is created. Default 0o600: its owner alone. */
  readonly mode?: number;
  /**
   * `batched` (default): written off the call's path, many at a time. `sync`: in the file before the message that the record tells of goes on. Either hands the
   * line to the operating system; neither waits for the disk.
   */
  readonly durability?: 'batched' | 'sync';
}

/**
 * A file of JSON Lines: one record on each line, its members as in `AuditRecord`. It is appended to, and made for one writer at a time.
 *
 * @throws AuditError `file_unusable`; ConfigurationError `option_invalid`
 */
export function jsonLinesFile(path: string, options: JsonLinesFileOptions = {}): AuditRecordSink {
  const maxBytes = checkCount('maxBytes', options.maxBytes ?? 64 * 1024 * 1024);
  const maxFiles = checkCount('maxFiles', options.maxFiles ?? 10, 0);
  const file = new AppendFile(path, { maxFiles, mode: options.mode ?? 0o600 });

  const makeRoom = (text: string): void => {
    if (file.size > 0 && file.size + Buffer.byteLength(text) > maxBytes) file.rotate();
  };

  const sink: AuditRecordSink = {
    name: 'json-lines-file',
    write: async (records) => {
      const text = records.map(lineOf).join('');
      makeRoom(text);
      await file.appendLater(text);
    },
    close: () => {
      file.close();
      return Promise.resolve();
    },
  };
  if (options.durability !== 'sync') return sink;
  return {
    ...sink,
    writeNow: (record) => {
      const line = lineOf(record);
      makeRoom(line);
      file.append(line);
    },
  };
}

function lineOf(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`;
}
