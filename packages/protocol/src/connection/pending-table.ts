import type { JsonRpcId } from '../json-rpc/index.js';

/** A bounded table of things awaited, keyed by JSON-RPC id. The number 1 and the string "1" are different ids. */
export class PendingTable<T> {
  readonly #entries = new Map<JsonRpcId, T>();

  constructor(private readonly capacity: number) {}

  get full(): boolean {
    return this.#entries.size >= this.capacity;
  }

  set(id: JsonRpcId, entry: T): void {
    this.#entries.set(id, entry);
  }

  get(id: JsonRpcId): T | undefined {
    return this.#entries.get(id);
  }

  /** Removes and returns an entry: each is answered once. */
  take(id: JsonRpcId): T | undefined {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry;
  }

  clear(): void {
    this.#entries.clear();
  }
}
