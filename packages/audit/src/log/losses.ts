import type { Clock } from '@mcps/protocol';
import type { AuditRecord } from '../record/audit-record.js';
import { lossRecord } from '../record/audit-record-of.js';

interface Gap {
  readonly count: number;
  readonly from: string;
  readonly to: string;
}

/** Counts what a sink has lost, and makes the records that say so. */
export class Losses {
  readonly #clock: Clock;
  #gap: Gap | undefined;
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Events that were lost, each counted once. */
  get total(): number {
    return this.#total;
  }

  /** Whether events are missing that no record tells of yet. */
  get isOpen(): boolean {
    return this.#gap !== undefined;
  }

  /** Counts a lost event. Returns whether it is the first of a gap. */
  add(record: AuditRecord): boolean {
    const isFirst = this.#gap === undefined;
    this.#gap = joined(this.#gap, gapOf(record));
    this.#total += 1;
    return isFirst;
  }

  /** The record that stands for the open gap, which is closed. */
  close(): AuditRecord {
    const gap = this.#gap ?? { count: 0, from: '', to: '' };
    this.#gap = undefined;
    return this.#recordOf(gap);
  }

  /** The record that stands for a whole batch that was lost, records of earlier losses among it; and how many events are newly lost. */
  replace(batch: readonly AuditRecord[]): { record: AuditRecord; count: number } {
    let gap: Gap | undefined;
    for (const record of batch) gap = joined(gap, gapOf(record));
    const count = batch.filter(({ event }) => event !== 'audit.lost').length;
    this.#total += count;
    return { record: this.#recordOf(gap ?? { count: 0, from: '', to: '' }), count };
  }

  /** Takes back a record of a loss that could not be written either. */
  reopen(record: AuditRecord): void {
    this.#gap = joined(gapOf(record), this.#gap);
  }

  #recordOf({ count, from, to }: Gap): AuditRecord {
    return lossRecord(this.#clock(), count, from, to);
  }
}

function gapOf({ time, count = 1, from = time, to = time }: AuditRecord): Gap {
  return { count, from, to };
}

function joined<Second extends Gap | undefined>(first: Gap | undefined, second: Second): Second | Gap {
  if (first === undefined || second === undefined) return first ?? second;
  return { count: first.count + second.count, from: first.from, to: second.to };
}
