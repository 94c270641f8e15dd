import type { Clock } from '@mcps/protocol';
import { AuditError } from '../error.js';
import type { AuditRecord } from '../record/audit-record.js';
import { Losses } from './losses.js';
import type { AuditRecordSink } from './record-sink.js';

const MAX_BATCH = 256;
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

export interface QueueOptions {
  readonly maxQueued: number;
  readonly clock: Clock;
  readonly onError: (error: AuditError) => void;
}

/**
 * The records that wait for one sink: at most `maxQueued`, drained in batches. What does not fit is counted, and stands as one `audit.lost` record where it is
 * missing, as soon as there is room.
 */
export class SinkQueue {
  readonly #sink: AuditRecordSink;
  readonly #options: QueueOptions;
  readonly #losses: Losses;
  #waiting: AuditRecord[] = [];
  #inFlight = 0;
  #draining: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isHurried = false;

  constructor(sink: AuditRecordSink, options: QueueOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#losses = new Losses(options.clock);
  }

  /** How many events this sink has lost so far. */
  get lost(): number {
    return this.#losses.total;
  }

  /** How many records it has not taken yet. */
  get pending(): number {
    return this.#waiting.length + this.#inFlight + (this.#losses.isOpen ? 1 : 0);
  }

  get name(): string {
    return this.#sink.name;
  }

  push(record: AuditRecord): void {
    if (this.#sink.writeNow !== undefined && this.pending === 0) {
      try {
        this.#sink.writeNow(record);
        return;
      } catch (error) {
        this.#tell('write_failed', 'has failed and will be tried again', 1, error);
      }
    }
    this.#settleLosses();
    if (this.#waiting.length + this.#inFlight >= this.#options.maxQueued) {
      if (this.#losses.add(record)) this.#tell('events_lost', 'has a full queue: events are being lost', 1);
      return;
    }
    this.#waiting.push(record);
    this.#start();
  }

  /** Resolves when everything that waits now has been taken, or counted as lost. */
  async drained(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  /** The same, with shorter pauses between attempts. */
  async hurried(): Promise<void> {
    this.#isHurried = true;
    this.#wake?.();
    await this.drained();
  }

  async closeSink(): Promise<void> {
    await this.#sink.close?.();
  }

  #start(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
      // What came after the last look at the queue.
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #drain(): Promise<void> {
    // The call that brought the first record goes on first, and others that come with it share its batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      this.#inFlight = batch.length;
      const failure = await this.#deliver(batch);
      this.#inFlight = 0;
      if (failure !== undefined && this.#giveUp(missingOf(batch, failure.cause), failure.cause) === 'stop') return;
      this.#settleLosses();
    }
  }

  async #deliver(batch: readonly AuditRecord[]): Promise<{ cause: unknown } | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#sink.write(batch);
        return undefined;
      } catch (error) {
        const isFinal = error instanceof AuditError && error.code === 'delivery_failed';
        if (isFinal || attempt === MAX_ATTEMPTS) return { cause: error };
        if (attempt === 1) this.#tell('write_failed', 'has failed and will be tried again', batch.length, error);
        await this.#pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#isHurried ? FIRST_PAUSE_MS : ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** The record of the loss takes the batch's place, in front of all that waits. Where nothing waits and it was itself refused, it comes back with the next event. */
  #giveUp(batch: readonly AuditRecord[], cause: unknown): 'go on' | 'stop' {
    const { record, count } = this.#losses.replace(batch);
    if (count > 0) this.#tell('events_lost', 'has failed for good: events are lost', count, cause);
    if (count === 0 && this.#waiting.length === 0) {
      this.#losses.reopen(record);
      return 'stop';
    }
    this.#waiting.unshift(record);
    return 'go on';
  }

  #settleLosses(): void {
    if (!this.#losses.isOpen || this.#waiting.length + this.#inFlight >= this.#options.maxQueued) return;
    this.#waiting.push(this.#losses.close());
  }

  #tell(code: 'write_failed' | 'events_lost', what: string, count: number, cause?: unknown): void {
    const details = { sink: this.#sink.name, count, ...(cause === undefined ? {} : { cause }) };
    this.#options.onError(new AuditError(code, `The audit sink ${this.#sink.name} ${what}.`, details));
  }
}

/** What is missing of a batch that was given up: a sink that has taken its beginning says how many it has not. */
function missingOf(batch: readonly AuditRecord[], cause: unknown): readonly AuditRecord[] {
  const count = cause instanceof AuditError && cause.code === 'delivery_failed' ? cause.count : undefined;
  return count === undefined || count < 1 || count > batch.length ? batch : batch.slice(batch.length - count);
}
