import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import spawn from 'cross-spawn';
import { errorCode } from './error-code.js';

/** The wrapped command, running. */
export interface WrappedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended and its output has been read: with its exit status, or 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** The command could not be started. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    message: string,
    /** 127: there is no such command; 126: it cannot be run. */
    readonly exitCode: 126 | 127,
  ) {
    super(message);
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
): Promise<WrappedProcess> {
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
