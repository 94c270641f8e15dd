import type { SecureStreamsOptions } from '@mcps/sdk-adapter/streams';
import { secureStreams } from '@mcps/sdk-adapter/streams';
import type { CliProcess } from '../process.js';
import { startProcess } from './child-process.js';
import { localOutput } from './local-output.js';
import { onSignals, stopper } from './stopper.js';

/** A program, and how it is run. */
export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

type Streams = Pick<CliProcess, 'stdin' | 'stdout' | 'onSignal'>;

/**
 * Runs a program that speaks MCP over stdio, with one side of it secured, until it ends, and returns the exit status to end with: that of the program. As
 * `server`, what is secured is standard input and output, and the program is a server that knows nothing of it (`mcps wrap`). As `client`, it is the program
 * that is spoken to securely, by a client at standard input and output that knows nothing of it (`mcps connect`).
 *
 * @throws StartError where the program cannot be started; ConfigurationError for a mistake in the options, before it is.
 */
export async function runSecuredProgram(
  call: ProgramCall,
  options: SecureStreamsOptions,
  { stdin, stdout, onSignal }: Streams,
  report: (error: Error) => void,
): Promise<number> {
  return options.role === 'server'
    ? runServer(call, options, { stdin, stdout, onSignal }, report)
    : runClient(call, options, { stdin, stdout, onSignal }, report);
}

type Run = typeof runSecuredProgram;

const runServer: Run = async (call, options, { stdin, stdout, onSignal }, report) => {
  let stop: (signal: NodeJS.Signals | undefined) => void = () => undefined;
  const local = localOutput(stdout, () => stop('SIGTERM'));
  const secured = await secureStreams({ input: stdin, output: local.stream }, options, report);
  let unregister = (): void => undefined;
  try {
    const program = await startProcess(call.command, call.args, call.env);
    stop = stopper(program);
    unregister = onSignals({ onSignal }, stop);
    secured.input.pipe(program.stdin);
    // The client is done asking, not done listening: what it asked is passed on before the program is told.
    secured.input.once('end', () => stop(undefined));
    program.stdout.pipe(secured.output);
    // A connection that failed is over, and the program with it; where it has said all it had to say, it is left to end.
    void secured.closed.then(() => stop(program.stdout.readableEnded ? undefined : 'SIGTERM'));
    const status = await program.ended;
    // Nobody reads it any more, and what is under way must not wait for that.
    secured.input.unpipe(program.stdin).resume();
    await local.done;
    return status;
  } finally {
    unregister();
    await secured.close();
  }
};

const runClient: Run = async (call, options, { stdin, stdout, onSignal }, report) => {
  const program = await startProcess(call.command, call.args, call.env);
  const stop = stopper(program);
  const unregister = onSignals({ onSignal }, stop);
  const local = localOutput(stdout, () => stop('SIGTERM'));
  try {
    const secured = await secureStreams({ input: program.stdout, output: program.stdin }, options, report);
    program.stdin.once('finish', () => stop(undefined));
    stdin.pipe(secured.output);
    secured.input.pipe(local.stream);
    void secured.closed.then(() => stop(program.stdout.readableEnded ? undefined : 'SIGTERM'));
    const status = await program.ended;
    await local.done;
    await secured.close();
    return status;
  } catch (error) {
    stop('SIGTERM');
    await program.ended;
    throw error;
  } finally {
    unregister();
  }
};
