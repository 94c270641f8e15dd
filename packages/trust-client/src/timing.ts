/** Timers of more than 31 bits go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits; ends early, without complaint, when the signal says so. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
    unref(timer);
    signal.addEventListener('abort', end, { once: true });
  });
}

/**
 * Whether something that lasts until then is still under way. It never lasts for longer than it was meant to: a clock that is set back would stretch it.
 *
 * @param longestMs how long it was meant to last at most
 */
export function isStill(now: number, untilMs: number, longestMs: number): boolean {
  return now < untilMs && untilMs - now <= longestMs;
}

/** Lets a timer of Node keep no process alive: a client that merely listens must not hold up the end of a program. */
export function unref(timer: unknown): void {
  if (typeof timer === 'object') (timer as { readonly unref?: () => void } | null)?.unref?.();
}

/** However often somebody is woken, there is so much time between two rounds, milliseconds. */
const LEAST_PAUSE_MS = 50;

/** The waits of something that goes round and round: it can be woken before its time, and ended. */
export class Waiting {
  readonly #controller = new AbortController();
  #isWanted = false;
  #wake: () => void = () => undefined;

  get isClosed(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Waits, but no longer than until it is woken or ended; also where it was woken during the round before. */
  async wait(ms: number): Promise<void> {
    const { signal } = this.#controller;
    await pause(LEAST_PAUSE_MS, signal);
    if (!this.#isWanted && !signal.aborted) {
      const early = new AbortController();
      this.#wake = () => {
        early.abort();
      };
      await pause(Math.max(0, ms - LEAST_PAUSE_MS), early.signal);
      this.#wake = () => undefined;
    }
    this.#isWanted = false;
  }

  /** Waits, but no longer than until it is ended. */
  pause(ms: number): Promise<void> {
    return pause(ms, this.#controller.signal);
  }

  /**
   * Goes round until it is ended, and waits in between for as long as each round says, milliseconds. One that rejects is told of, and tried again after a pause that
   * grows with every failure in a row.
   */
  async goRound(round: () => Promise<number>, backoff: Backoff, onFault: (error: unknown) => void): Promise<void> {
    while (!this.isClosed) {
      const waitMs = await round().catch((error: unknown) => {
        if (!this.isClosed) onFault(error);
        return backoff.next();
      });
      await this.wait(waitMs);
    }
  }

  wake(): void {
    this.#isWanted = true;
    this.#wake();
  }

  close(): void {
    this.#controller.abort();
    this.#wake();
  }
}

/** Pauses between attempts: doubled with every failure in a row up to a limit, and spread, so that not everybody comes back at one moment. */
export class Backoff {
  #failures = 0;

  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
    private readonly random: () => number,
  ) {}

  /** The next pause, milliseconds. */
  next(): number {
    const pauseMs = Math.min(this.longestMs, this.firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return pauseMs * (0.5 + this.random() / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
