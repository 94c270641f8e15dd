import type { Readable, Writable } from 'node:stream';
import type { SecurityConfig } from '@mcps/protocol';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { bridge } from '../bridge/bridge.js';
import { secureTransport } from '../transport/secure-transport.js';
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
  // Listened for from the start: a client may be done before everything is joined.
  const inputEnded = new Promise<void>((resolve) => io.stdin.once('end', resolve));
  io.stdout.once('error', () => stop('SIGTERM'));
  const unregister = SIGNALS.map((signal) => io.onSignal(signal, () => stop(signal)));
  try {
    const client = secureTransport(new StdioServerTransport(io.stdin, io.stdout), { role: 'server', config });
    const server = new StdioServerTransport(child.stdout, child.stdin);
    const joined = await bridge(client, server, { onerror: io.report, flow: { a: io.stdin, b: child.stdout } });
    void inputEnded.then(() => {
      // The client is done asking, not done listening: what it asked is passed on, and answered, before the command is told.
      void client
        .idle()
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
