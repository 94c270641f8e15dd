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
    const timer = setTimeout(end, ms);
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
