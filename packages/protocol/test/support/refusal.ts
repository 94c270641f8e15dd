import { McpsError } from '../../src/errors/index.js';

/** The reason that a function is refused with; what else it throws is thrown on. `undefined` where it is not refused. */
export function reasonOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof McpsError) return error.reason;
    throw error;
  }
}

/** The reason that a promise is refused with; `undefined` where it is fulfilled. */
export async function rejectionOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof McpsError) return error.reason;
    throw error;
  }
}
