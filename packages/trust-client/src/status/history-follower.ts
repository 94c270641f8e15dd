import { Backoff, Waiting } from '../timing.js';
import type { History } from './history.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** Everybody hears of a revocation at one moment, and need not ask at one moment. */
const SPREAD_MS = 250;
/** When nothing is needed, nothing is asked for. */
const NEVER_MS = Number.POSITIVE_INFINITY;

export interface HistoryFollowerOptions {
  readonly history: History;
  readonly random: () => number;
  readonly onFault: (error: unknown) => void;
}

/**
 * Takes what was heard of revocations into the history that an authority is held to, which outlives the process: an authority that is set back to before a
 * revocation is caught at that also by a client that has been restarted.
 */
export class HistoryFollower {
  readonly #options: HistoryFollowerOptions;
  readonly #waiting = new Waiting();
  readonly #backoff: Backoff;
  #neededEpoch = 0;
  #provenEpoch = 0;
  #running: Promise<void> | undefined;

  constructor(options: HistoryFollowerOptions) {
    this.#options = options;
    this.#backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, options.random);
  }

  async close(): Promise<void> {
    this.#waiting.close();
    await this.#running;
  }

  /** So many revocations have been heard of. */
  heard(epoch: number): void {
    if (epoch <= this.#neededEpoch || this.#waiting.isClosed) return;
    this.#neededEpoch = epoch;
    this.#running ??= this.#waiting.goRound(() => this.#round(), this.#backoff, this.#options.onFault);
    this.#waiting.wake();
  }

  /** Returns how long to wait for the next round, milliseconds. */
  async #round(): Promise<number> {
    const { history, random } = this.#options;
    if (this.#neededEpoch <= this.#provenEpoch) return NEVER_MS;
    await this.#waiting.pause(random() * SPREAD_MS);
    if (this.#waiting.isClosed) return NEVER_MS;
    this.#provenEpoch = await history.catchUp();
    // A replica may be behind the one that told of it.
    if (this.#provenEpoch < this.#neededEpoch) return this.#backoff.next();
    this.#backoff.reset();
    return NEVER_MS;
  }
}
