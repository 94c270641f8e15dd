import type { Readable, Writable } from 'node:stream';
import type { SecurityConfig } from '@mcps/protocol';
import { bridge } from '../bridge/bridge.js';
import { SERVER_CARRIERS } from '../options/carriers.js';
import { plainEnd, wireEnd } from '../streams/line-ends.js';
import { decorate } from '../transport/secure-transport.js';
import { startProcess } from './child-process.js';
import type { WrappedProcess } from './child-process.js';

export interface WrapIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Told of every error; nothing else ever goes to standard error. */
  readonly report: (error: Error) => void;
  /** Registers a handler for a signal; returns how to take it away again. */
  readonly onSignal: (signal: NodeJS.Signals, handler: () => void) => () => void;
}

export interface WrapCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long the command may take to end once its input has ended or it was told to, milliseconds. */
const GRACE_MS = 5_000;

/**
 * Runs a command behind a secured connection over `io` until it ends, and returns the exit status to end with.
 *
 * @throws StartError where the command cannot be started.
 */
export async function wrap(command: WrapCommand, config: SecurityConfig, io: WrapIo): Promise<number> {
  const child = await startProcess(command.command, command.args, command.env);
  const stop = stopper(child);
  io.stdout.once('error', () => stop('SIGTERM'));
  const unregister = SIGNALS.map((signal) => io.onSignal(signal, () => stop(signal)));
  try {
    const wire = wireEnd(io.stdin, io.stdout);
    const inputEnded = new Promise<void>((resolve) => (wire.onend = resolve));
    const client = decorate(wire, 'server', { config }, SERVER_CARRIERS);
    wire.pace = () => client.idle();
    const server = plainEnd(child.stdout, child.stdin, { outlivesOutput: true });
    const joined = await bridge(client, server, { onerror: io.report, flow: { a: wire, b: server } });
    void inputEnded.then(() => {
      // The client is done asking, not done listening: what it asked is passed on, and answered, before the command is told.
      void client
        .answered()
        .then(() => joined.idle())
        .then(() => {
          child.stdin.end();
          stop(undefined);
        });
    });
    void joined.closed.then(() => stop('SIGTERM'));
    const status = await child.ended;
    await joined.idle();
    await joined.close();
    return status;
  } catch (error) {
    stop('SIGTERM');
    throw error;
  } finally {
    for (const remove of unregister) remove();
  }
}

/** Ends the command: by a signal, or by patience; and by force when patience is over. */
function stopper(child: WrappedProcess): (signal: NodeJS.Signals | undefined) => void {
  let timer: NodeJS.Timeout | undefined;
  void child.ended.then(() => clearTimeout(timer));
  return (signal) => {
    if (signal !== undefined) child.kill(signal);
    timer ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
}
