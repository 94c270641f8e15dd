import type { JsonRpcId } from '../json-rpc/index.js';

/** How many abandoned entries are kept: enough for answers that were under way when their requests were cancelled. */
const MAX_ABANDONED = 1_000;

/** A bounded table of things awaited, keyed by JSON-RPC id. The number 1 and the string "1" are different ids. */
export class PendingTable<T> {
  readonly #entries = new Map<JsonRpcId, T>();
  /** Whose request was cancelled, the oldest first. An answer may still come, but nobody counts on it. */
  readonly #abandoned = new Map<JsonRpcId, T>();

  constructor(private readonly capacity: number) {}

  /** Whether another entry would be one too many. Abandoned entries take no place. */
  get full(): boolean {
    return this.#entries.size >= this.capacity;
  }

  set(id: JsonRpcId, entry: T): void {
    this.#abandoned.delete(id);
    this.#entries.set(id, entry);
  }

  get(id: JsonRpcId): T | undefined {
    return this.#entries.get(id) ?? this.#abandoned.get(id);
  }

  /** Removes and returns an entry: each is answered once. */
  take(id: JsonRpcId): T | undefined {
    const entry = this.get(id);
    this.#entries.delete(id);
    this.#abandoned.delete(id);
    return entry;
  }

  /** Gives the place of an entry to others: its request was cancelled, so most likely it will never be answered. */
  abandon(id: JsonRpcId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#abandoned.set(id, entry);
    if (this.#abandoned.size <= MAX_ABANDONED) return;
    for (const oldest of this.#abandoned.keys()) {
      this.#abandoned.delete(oldest);
      break;
    }
  }

  /** Empties the table, and returns the ids of what was awaited. */
  takeIds(): JsonRpcId[] {
    const ids = [...this.#entries.keys()];
    this.clear();
    return ids;
  }

  clear(): void {
    this.#entries.clear();
    this.#abandoned.clear();
  }
}
