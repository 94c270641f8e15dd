import type { Readable, Writable } from 'node:stream';

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What goes out, and whether it is a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What comes in; a terminal can be read without echo. */
export type InputStream = Readable & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown };

/** The parts of a process that the command works with. */
export interface CliProcess {
  /** Without the runtime and the script. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Registers a handler for a signal; returns how to take it away again. */
  onSignal(signal: NodeJS.Signals, handler: () => void): () => void;
}
