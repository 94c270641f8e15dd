import { CryptoError } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { Reason } from '../errors/index.js';
import { NotReproducibleError } from './python-value.js';

/** Runs `read`, and turns its refusal of a document into an `McpsError` with `reason`. */
export function orRefuse<T>(reason: Reason, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CryptoError || error instanceof NotReproducibleError)) throw error;
    throw new McpsError(reason, {}, { cause: error });
  }
}
