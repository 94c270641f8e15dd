import pc from 'picocolors';
import { CliError } from '../errors/cli-error.js';
import { describeError, oneLine } from '../errors/describe.js';
import { errorCode } from '../errors/error-code.js';
import type { CliProcess } from '../process.js';

type Colors = ReturnType<typeof pc.createColors>;

/** Where a command tells its result: one JSON document, or text for a person. */
export class Output {
  readonly colors: Colors;

  constructor(
    private readonly process: Pick<CliProcess, 'env' | 'stdout' | 'stderr'>,
    /** Whether the result is a JSON document, and errors are `{"error":{code,reason,message,nextStep}}`, with `file` and `line` where they have a place. */
    readonly json: boolean,
  ) {
    this.colors = pc.createColors(!json && isColorful(process));
  }

  /** Tells the result, once: as `value` with `--json`, otherwise as the text, without its last newline. */
  result(value: object, text: () => string): void {
    this.process.stdout.write(`${this.json ? JSON.stringify(value, undefined, 2) : text()}\n`);
  }

  /** A line beside the result, on standard error. */
  note(text: string): void {
    if (!this.json) this.process.stderr.write(`${oneLine(text)}\n`);
  }

  /** Tells in one line of something that went wrong while the command goes on, on standard error. */
  trouble(error: unknown): void {
    if (this.json || error instanceof CliError) {
      this.failure(error);
      return;
    }
    const cause = error instanceof Error && error.cause !== undefined ? ` (${errorCode(error.cause)})` : '';
    const text = error instanceof Error ? `${error.message}${cause}` : 'unknown failure';
    this.process.stderr.write(`mcps: ${oneLine(text)}\n`);
  }

  /** Tells of a failure, on standard error. */
  failure(error: unknown): void {
    const { code, reason, message, nextStep, place } = describeError(error);
    if (this.json) {
      this.process.stderr.write(`${JSON.stringify({ error: { code, reason, message, nextStep, ...place } })}\n`);
      return;
    }
    const { bold, red } = pc.createColors(isColorful({ env: this.process.env, stdout: this.process.stderr }));
    this.process.stderr.write(`${red('mcps:')} ${bold(code)} ${message} (${reason})\n  ${nextStep}\n`);
  }
}

/** Colours are for terminals, and NO_COLOR (no-color.org) and TERM=dumb switch them off. */
function isColorful({ env, stdout }: Pick<CliProcess, 'env' | 'stdout'>): boolean {
  const { NO_COLOR, TERM } = env;
  return stdout.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}
