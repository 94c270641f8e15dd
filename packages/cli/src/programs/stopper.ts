import type { CliProcess } from '../process.js';
import type { RunningProgram } from './child-process.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a program may take to end once its input has ended or it was told to, milliseconds. */
export const GRACE_MS = 5_000;

/** Ends a program: by a signal, or by patience; and by force when patience is over. */
export function stopper(program: RunningProgram): (signal: NodeJS.Signals | undefined) => void {
  let timer: NodeJS.Timeout | undefined;
  void program.ended.then(() => clearTimeout(timer));
  return (signal) => {
    if (signal !== undefined) program.kill(signal);
    timer ??= setTimeout(() => program.kill('SIGKILL'), GRACE_MS);
  };
}

/** Has every signal that ends programs handled; returns how to go back. */
export function onSignals(
  process: Pick<CliProcess, 'onSignal'>,
  handler: (signal: NodeJS.Signals) => void,
): () => void {
  const removers = SIGNALS.map((signal) => process.onSignal(signal, () => handler(signal)));
  return () => {
    for (const remove of removers) remove();
  };
}
