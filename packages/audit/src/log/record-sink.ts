import type { AuditRecord } from '../record/audit-record.js';

/** Where records go. An audit log hands over one batch at a time and waits for it; other sinks do not wait with it. */
export interface AuditRecordSink {
  /** Names the sink in errors and reports. */
  readonly name: string;
  /**
   * Takes a batch, in order. Resolves when it is stored, or handed on. A batch that rejects is given again as a whole, so a sink that has stored part of it
   * should undo that. One that rejects with an `AuditError` `delivery_failed` is not: the sink has tried as often as it means
   * to. Its `count` says how many records at the end of the batch are missing; without one, all are.
   */
  write(records: readonly AuditRecord[]): Promise<void>;
  /**
   * There in sinks with `durability: 'sync'`: stores one record before it returns, so before the message that it tells of goes on. Where it throws, the record
   * waits for `write`.
   */
  writeNow?(record: AuditRecord): void;
  /** Gives back what the sink holds. Nothing is written afterwards. */
  close?(): Promise<void>;
}
