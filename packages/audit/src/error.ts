import type { AuditTrailFault } from './verify/trail-error.js';

/** What can go wrong with a sink or a log, out of a closed list. */
export type AuditFault =
  /** Events were lost: the queue of a sink was full, or it has failed too often. `count` says how many. */
  | 'events_lost'
  /** A sink could not take records; they are tried again, or counted as lost, as `events_lost` then says. */
  | 'write_failed'
  /** A file cannot be opened, or not as what it is asked to be. */
  | 'file_unusable'
  /** The records did not reach the address of a webhook. */
  | 'delivery_failed'
  /** A log was closed before a sink had taken everything. `count` says what is missing. */
  | 'close_incomplete'
  /** The sink or log is closed. */
  | 'closed'
  /** Another writer has the trail. */
  | 'trail_locked'
  /** What a trail ends with is not what it ended with when its head was told: it was cut or replaced. */
  | 'trail_behind_head'
  /** A trail that is to be continued does not end as a trail does. */
  | 'trail_unreadable'
  /** The latest checkpoint was written, and could not be told to the place that keeps it. */
  | 'head_not_kept';

/** The facts of a fault: numbers and names, never a record, a key or a secret. */
export interface AuditFaultDetails extends ErrorOptions {
  /** Name of the sink. */
  readonly sink?: string;
  /** How many events it concerns. */
  readonly count?: number;
}

/** A fault of a sink, a log or a trail. Branch on `code`. Holds no record and no secret. */
export class AuditError extends Error {
  override readonly name: string = 'AuditError';
  readonly code: AuditFault | AuditTrailFault;
  readonly sink: string | undefined;
  readonly count: number | undefined;

  constructor(
    code: AuditFault | AuditTrailFault,
    message: string,
    { sink, count, ...options }: AuditFaultDetails = {},
  ) {
    super(message, options);
    this.code = code;
    this.sink = sink;
    this.count = count;
  }
}

/** The code of a system error such as `ENOSPC`: its message may quote paths. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'unknown';
  return typeof error.code === 'string' ? error.code : 'unknown';
}
