import type { Clock } from '@mcps/protocol';

const MAX_ENTRIES = 50_000;

interface Entry<T> {
  readonly value: Promise<T>;
  readonly untilMs: number;
}

/** Keeps what has been signed, each once however many ask at the same time. The oldest entries make room. */
export class StatementCache<T> {
  readonly #clock: Clock;
  readonly #lifeMs: number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(clock: Clock, lifeMs: number) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock();
    const found = this.#entries.get(key);
    if (found !== undefined && nowMs < found.untilMs) return found.value;
    const value = make();
    const entry: Entry<T> = { value, untilMs: nowMs + this.#lifeMs };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return value;
  }

  /** What is being made meanwhile is not kept either: it may be from before. */
  clear(): void {
    this.#entries.clear();
  }
}
