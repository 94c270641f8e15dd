import type { AuditRecordSink } from '../log/record-sink.js';
import type { AuditRecord } from '../record/audit-record.js';

/** What is used of a logger of pino: any version of it, or a child of one. */
export interface PinoLike {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Records as lines of a pino logger, with the event's type as message and the record below `audit`: a member of its own, since records and pino both have a `time`.
 * `warn` for what was refused, reported or lost, `info` for the rest. What becomes of a line is the logger's affair.
 */
export function pinoSink(logger: PinoLike): AuditRecordSink {
  return {
    name: 'pino',
    write: (records) => {
      for (const record of records) {
        if (isWarning(record)) logger.warn({ audit: record }, record.event);
        else logger.info({ audit: record }, record.event);
      }
      return Promise.resolve();
    },
  };
}

/** Whether somebody may have to look at it. */
export function isWarning({ decision, event }: AuditRecord): boolean {
  return decision === 'refused' || decision === 'reported' || event === 'audit.lost';
}
