import { McpsError } from '../errors/index.js';

/** Runs turns one after another, each after the one before has ended: between reading a mark and writing it nobody else may write. */
export class Turns {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(turn: () => Promise<T>): Promise<T> {
    const outcome = this.#tail.then(turn);
    this.#tail = outcome.catch(() => undefined);
    return outcome;
  }
}

/** Reads or writes a mark. Throws `McpsError` `status_unavailable` where that fails: what cannot be remembered must not be acted upon. */
export async function accessState<T>(access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (error) {
    throw new McpsError('status_unavailable', {}, { cause: error });
  }
}
