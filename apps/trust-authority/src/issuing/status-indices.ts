import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';

const BLOCK = 256;

/** Hands out places in the status list, each once. They are reserved in blocks, so that issuing waits for the database only once in a while. */
export class StatusIndices {
  readonly #store: Store;
  #next = 0;
  #end = 0;
  #reserving: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  async next(): Promise<number> {
    while (this.#next >= this.#end) {
      this.#reserving ??= this.#reserve().finally(() => (this.#reserving = undefined));
      await this.#reserving;
    }
    const index = this.#next;
    this.#next += 1;
    return index;
  }

  async #reserve(): Promise<void> {
    const { next_status_index: end } = await guarded(() =>
      this.#store.transaction((transaction) =>
        transaction
          .updateTable('authority_state')
          .set((build) => ({ next_status_index: build('next_status_index', '+', BLOCK) }))
          .where('id', '=', 1)
          .returning('next_status_index')
          .executeTakeFirstOrThrow(),
      ),
    );
    this.#next = end - BLOCK;
    this.#end = end;
  }
}
