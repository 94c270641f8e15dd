import { CryptoError } from '@mcps/crypto';
import { ConfigurationError, McpsError } from '../errors/index.js';

/**
 * Runs what checks a value that the local caller has made. A refusal that would blame a peer becomes a `ConfigurationError` `option_invalid`, whose
 * message names the reason and whose `cause` is the refusal.
 */
export function asConfiguration<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw configurationFault(what, error);
  }
}

/** The `ConfigurationError` for a fault in what the local caller has made; any other error is handed back as it is. */
function configurationFault(what: string, error: unknown): unknown {
  const reason = error instanceof McpsError ? error.reason : error instanceof CryptoError ? error.code : undefined;
  if (reason === undefined) return error;
  return new ConfigurationError('option_invalid', `${what} is not acceptable (${reason}).`, { cause: error });
}
