/**
 * Where a client keeps what it must not forget: numbers, tree heads, pinned keys, the latest lists. Names are 1 to 120 characters of `a-z`, `0-9` and `-`, and so
 * as many as there are kinds and authorities.
 */
export interface StateStore {
  /** Whether it outlives the process. */
  readonly durable: boolean;
  /** What was kept under a name. Rejects where that cannot be told: what cannot be read is not absent. */
  load(name: string): Promise<string | undefined>;
  /**
   * Replaces what is kept under a name by what `change` makes of it, as one step that no other writer comes between; `undefined` leaves it as it is. On return it
   * is as durable as it will be.
   */
  update(name: string, change: (current: string | undefined) => string | undefined): Promise<void>;
}

/** Remembers for as long as the process lives. */
export class MemoryStateStore implements StateStore {
  readonly durable = false;
  readonly #kept = new Map<string, string>();

  load(name: string): Promise<string | undefined> {
    return Promise.resolve(this.#kept.get(name));
  }

  async update(name: string, change: (current: string | undefined) => string | undefined): Promise<void> {
    const next = change(this.#kept.get(name));
    if (next !== undefined) this.#kept.set(name, next);
  }
}
