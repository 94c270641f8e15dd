import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import spawn from 'cross-spawn';
import { CliError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';

/** A command, running with pipes. */
export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended and its output has been read: with its exit status, or 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** The command could not be started: exit status 127 where there is no such command, 126 where it cannot be run. */
class StartError extends CliError {
  override readonly name = 'StartError';

  constructor(message: string, exitCode: 126 | 127) {
    const nextStep = 'Check the command after "--", and that it is installed and may be run.';
    super('server', message, {
      reason: exitCode === 127 ? 'command_not_found' : 'command_not_runnable',
      nextStep,
      exitCode,
    });
  }
}

/**
 * Starts a command with pipes for input and output; standard error is inherited.
 *
 * @throws StartError
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<RunningProgram> {
  const child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'inherit'], shell: false, windowsHide: true });
  await started(child, command);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new StartError('The command has no standard input or output.', 126);
  // A command that ends while we write to it is told by its end, not by this error.
  stdin.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
  return { stdin, stdout, ended, kill: (signal) => void child.kill(signal) };
}

function started(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      const code = errorCode(error);
      reject(
        new StartError(
          `The command ${JSON.stringify(command)} cannot be started (${code}).`,
          code === 'ENOENT' ? 127 : 126,
        ),
      );
    });
  });
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}
