import type { AuditRecord, AuditRecordSink } from '../../src/index.js';

/** Keeps what it is given, and fails or waits when it is told to. */
export class TestSink implements AuditRecordSink {
  readonly name: string;
  readonly records: AuditRecord[] = [];
  readonly batches: number[] = [];
  /** How many of the next writes fail. */
  failures = 0;
  error: unknown = new Error('refused by the test');
  isClosed = false;
  #gate: Promise<void> | undefined;
  #open: (() => void) | undefined;

  constructor(name = 'test') {
    this.name = name;
  }

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open?.();
    this.#gate = undefined;
  }

  async write(records: readonly AuditRecord[]): Promise<void> {
    await this.#gate;
    if (this.failures > 0) {
      this.failures -= 1;
      throw this.error;
    }
    this.batches.push(records.length);
    this.records.push(...records);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
