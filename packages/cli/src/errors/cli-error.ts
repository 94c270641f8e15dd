import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';

/** What a {@link CliError} is about, beside the codes of MCPS. */
export type CliErrorCode =
  'usage' | 'configuration' | 'file' | 'key' | 'json' | 'audit' | 'authority' | 'server' | 'internal';

export interface CliErrorOptions extends ErrorOptions {
  /** For programs: which fault of that code, in snake case. */
  readonly reason: string;
  /** For a person: what to do now. */
  readonly nextStep?: string;
  /** Default 2: usage. */
  readonly exitCode?: ExitCode | 126 | 127;
  /** The MCPS code that an authority has answered with. */
  readonly mcps?: string;
  /** Where in a file it is, lines from 1. */
  readonly place?: Place;
}

export interface Place {
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** A failure that the command expects. Its message is for a person, and repeats nothing of what a secret file holds. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly code: string;
  readonly reason: string;
  readonly nextStep: string | undefined;
  readonly exitCode: number;
  readonly place: Place | undefined;

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions) {
    super(message, options);
    this.code = options.mcps ?? code;
    this.reason = options.reason;
    this.nextStep = options.nextStep;
    this.exitCode = options.exitCode ?? EXIT.usage;
    this.place = options.place;
  }
}

/** A mistake in how the command was called. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';

  constructor(message: string, options: Partial<CliErrorOptions> = {}) {
    super('usage', message, { reason: 'option_invalid', ...options });
  }
}
