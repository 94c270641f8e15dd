import type { Clock } from '@mcps/protocol';

const MAX_ENTRIES = 50_000;

/** Something that has been signed, and until when it is handed out again. */
export interface Kept<T> {
  readonly value: T;
  /** Milliseconds since the Unix epoch. */
  readonly untilMs: number;
}

interface Entry<T> {
  readonly value: Promise<T>;
  /** Infinite while it is being made, so that it is made once however many ask at the same time. */
  untilMs: number;
}

/** Keeps what has been signed. The oldest entries make room. */
export class StatementCache<T> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string, make: () => Promise<Kept<T>>): Promise<T> {
    const found = this.#entries.get(key);
    if (found !== undefined && this.#clock() < found.untilMs) return found.value;
    const making = make();
    const entry: Entry<T> = { value: making.then(({ value }) => value), untilMs: Number.POSITIVE_INFINITY };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    making.then(
      ({ untilMs }) => {
        entry.untilMs = untilMs;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry.value;
  }

  /** What is being made meanwhile is not kept either: it may be from before. */
  clear(): void {
    this.#entries.clear();
  }
}
