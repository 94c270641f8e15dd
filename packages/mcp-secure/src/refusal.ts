import { CryptoError } from '@mcps/crypto';
import { ConfigurationError, McpsError } from '@mcps/protocol';
import { errorOf } from './error-codes.js';
import type { McpsErrorCode } from './error-codes.js';

/** Why something was not accepted. */
export interface Refusal {
  readonly error: McpsErrorCode;
  /** Which check failed: a reason of `@mcps/protocol`, a code of `@mcps/crypto`, or `input_malformed` for what could not even be read. */
  readonly reason: string;
}

/** A result of the published functions that says whether something is valid. */
export type Verdict = { readonly valid: true; readonly error: null } | ({ readonly valid: false } & Refusal);

const VALID: Verdict = Object.freeze({ valid: true, error: null });

/** Runs a check that throws where something is wrong, and says so in the published form. Never throws. */
export function judge(check: () => unknown, otherwise: McpsErrorCode): Verdict {
  try {
    check();
    return VALID;
  } catch (cause) {
    return { valid: false, ...refusalOf(cause, otherwise) };
  }
}

/**
 * The published form of what a check has thrown. What is none of our errors came from the input itself, a getter or a proxy, or is the runtime's
 * answer to it: nothing was verified then.
 */
export function refusalOf(cause: unknown, otherwise: McpsErrorCode): Refusal {
  if (isErrorOf(cause, McpsError)) return { error: errorOf(cause.code), reason: cause.reason };
  if (isErrorOf(cause, CryptoError) || isErrorOf(cause, ConfigurationError)) {
    return { error: otherwise, reason: cause.code };
  }
  return { error: otherwise, reason: 'input_malformed' };
}

/** `instanceof` for what was thrown by whomever: a proxy need not even let itself be looked at. */
export function isErrorOf<E extends Error>(
  cause: unknown,
  type: abstract new (...parameters: never[]) => E,
): cause is E {
  try {
    return cause instanceof type;
  } catch {
    return false;
  }
}
