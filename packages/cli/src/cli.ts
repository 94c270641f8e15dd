import { EXIT } from './exit-codes.js';
import { describeError } from './errors/describe.js';
import { Output } from './output/output.js';
import type { CliProcess } from './process.js';

/** What every command is given: the process, the program behind `--`, and how to run. */
export class Cli {
  /** What the process is to end with. */
  exitCode: number = EXIT.ok;

  constructor(
    readonly process: CliProcess,
    /** What stands behind `--`: the program to run, with its arguments. */
    readonly program: readonly string[],
  ) {}

  /**
   * Runs a command: whatever it rejects with is told, in the form that was asked for, and decides the exit status. A number that it resolves to is the exit
   * status.
   */
  async run(
    options: { readonly json?: boolean | undefined },
    work: (output: Output) => Promise<number | undefined>,
  ): Promise<void> {
    const output = new Output(this.process, options.json === true);
    try {
      this.exitCode = (await work(output)) ?? EXIT.ok;
    } catch (error) {
      output.failure(error);
      this.exitCode = describeError(error).exitCode;
    }
  }
}
