import { CryptoError } from '@mcps/crypto';
import { ConfigurationError, ERROR_CODES, McpsError } from '@mcps/protocol';
import { TrustClientError } from '@mcps/trust-client';
import { EXIT } from '../exit-codes.js';
import { CliError } from './cli-error.js';
import type { Place } from './cli-error.js';
import { nextStepOf } from './next-steps.js';

/** A failure as it is told: with `--json` these members, those of `place` among them, without the exit status. */
export interface DescribedError {
  /** `MCPS-001` to `MCPS-015`, or one of the codes of the command. */
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly nextStep: string;
  readonly exitCode: number;
  readonly place?: Place | undefined;
}

/** Says what any error means, in words that fit one line each. Nothing of a secret file is in them. */
export function describeError(error: unknown): DescribedError {
  const described = describe(error);
  return { ...described, message: oneLine(described.message), nextStep: oneLine(described.nextStep) };
}

function describe(error: unknown): DescribedError {
  if (error instanceof CliError) {
    const { code, reason, message, exitCode, place } = error;
    return { code, reason, message, nextStep: error.nextStep ?? 'See "mcps <command> --help".', exitCode, place };
  }
  if (error instanceof McpsError) {
    const { code, reason } = error;
    return {
      code,
      reason,
      message: ERROR_CODES[code].title,
      nextStep: nextStepOf(code, reason),
      exitCode: EXIT.refused,
    };
  }
  if (error instanceof ConfigurationError) {
    const nextStep = 'Correct the option or file that the message names.';
    return { code: 'configuration', reason: error.code, message: error.message, nextStep, exitCode: EXIT.usage };
  }
  if (error instanceof TrustClientError) {
    const nextStep =
      error.code === 'key_mismatch'
        ? 'The authority has other keys than those that are configured or pinned: compare them with what its operator says.'
        : 'Is the authority running, and reachable from here? See "mcps doctor".';
    const exitCode = error.code === 'key_mismatch' ? EXIT.refused : EXIT.unreachable;
    return { code: 'authority', reason: error.code, message: error.message, nextStep, exitCode };
  }
  if (error instanceof CryptoError) {
    const code = error.code.startsWith('json_') ? 'json' : 'key';
    const nextStep =
      code === 'json' ? 'The input must be JSON that everybody reads alike.' : 'Give a P-256 key as PEM or JWK.';
    return { code, reason: error.code, message: error.message, nextStep, exitCode: EXIT.refused };
  }
  const message = error instanceof Error ? error.message : 'Something failed that should not.';
  return {
    code: 'internal',
    reason: 'unexpected',
    message,
    nextStep: 'Please report this, with the command that you called, without keys.',
    exitCode: EXIT.internal,
  };
}

const MAX_TEXT = 400;

/** One line, whatever a peer or file managed to get into a text: control characters could drive the terminal that shows it. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- exactly those that a terminal acts upon, and those that hide or turn text
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, ' ');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
