/** One call to node:crypto in its callback form. */
export type PooledCall<T> = (done: (error: Error | null, result: T) => void) => void;

interface Job {
  inline(): void;
  pooled(): void;
}

/** From this many calls at once, a second core is worth the thread pool's overhead of some 10 µs a call. */
const POOL_FROM = 4;

/** After this many inline calls in one turn of the event loop, a reset is asked of the next turn … */
const ARM_AFTER = 32;

/** … and after this many, calls go to the pool until it came, so that a loop of awaits cannot starve timers and I/O. */
const YIELD_AFTER = 64;

const RESOLVED = Promise.resolve();

/**
 * Chooses between node:crypto's synchronous form, fastest for one call, and its thread pool, fastest for many.
 *
 * A call on its own runs at once. Calls that come before the microtasks queued by then are done wait for that moment
 * together: if, counting those in the pool, they are at least four, all of them go to the pool, else they run inline.
 */
export class Scheduler {
  #gathered: Job[] = [];
  #gathering = false;
  #inPool = 0;
  #inlineThisTurn = 0;

  /** Whether a call may run inline now; if so it counts as run. Else use {@link run}. */
  takeInline(): boolean {
    if (this.#gathering || this.#inPool >= POOL_FROM - 1 || this.#inlineThisTurn >= YIELD_AFTER) return false;
    this.#gather();
    this.#countInline();
    return true;
  }

  /** Runs a call soon, in one form or the other. Its inputs must not change until then. */
  run<T>(inline: () => T, pooled: PooledCall<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#gathered.push({
        inline: () => {
          this.#finish(inline, resolve, reject);
        },
        pooled: () => {
          this.#start(pooled, resolve, reject);
        },
      });
      this.#gather();
    });
  }

  /** Hands a call to the pool now. Node copies its inputs before this returns. */
  runPooled<T>(pooled: PooledCall<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#start(pooled, resolve, reject);
    });
  }

  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    // A microtask too, at a third of the cost of `queueMicrotask`, which makes an asynchronous resource of each.
    void RESOLVED.then(this.#decide);
  }

  readonly #decide = (): void => {
    this.#gathering = false;
    if (this.#gathered.length === 0) return;
    const jobs = this.#gathered;
    this.#gathered = [];
    const many = jobs.length + this.#inPool >= POOL_FROM;
    for (const job of jobs) {
      if (many || this.#inlineThisTurn >= YIELD_AFTER) job.pooled();
      else job.inline();
    }
  };

  #finish<T>(inline: () => T, resolve: (result: T) => void, reject: (error: unknown) => void): void {
    this.#countInline();
    try {
      resolve(inline());
    } catch (error) {
      reject(error);
    }
  }

  #start<T>(pooled: PooledCall<T>, resolve: (result: T) => void, reject: (error: unknown) => void): void {
    try {
      pooled((error, result) => {
        this.#inPool--;
        if (error === null) resolve(result);
        else reject(error);
      });
      this.#inPool++;
    } catch (error) {
      reject(error);
    }
  }

  #countInline(): void {
    this.#inlineThisTurn++;
    if (this.#inlineThisTurn === ARM_AFTER) setImmediate(this.#newTurn);
  }

  readonly #newTurn = (): void => {
    this.#inlineThisTurn = 0;
  };
}
