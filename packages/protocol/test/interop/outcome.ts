import { CryptoError } from '@mcps/crypto';
import { expect } from 'vitest';
import { ConfigurationError, McpsError } from '../../src/errors/index.js';

/** What a row of the vectors says that this library must answer. */
export interface Outcome {
  readonly ok?: boolean | undefined;
  /** The reason of an `McpsError`. */
  readonly reason?: string | undefined;
  /** The code of a `CryptoError`, where the text is refused before there is a message, or of a `ConfigurationError`. */
  readonly code?: string | undefined;
}

/** Runs a verification and tells how it ended, in the words of the vectors. */
async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    await run();
    return { ok: true };
  } catch (error) {
    if (error instanceof McpsError) return { reason: error.reason };
    if (error instanceof CryptoError || error instanceof ConfigurationError) return { code: error.code };
    throw error;
  }
}

export async function expectOutcome(run: () => Promise<unknown>, expected: Outcome): Promise<void> {
  expect(await outcomeOf(run)).toEqual(expected);
}
