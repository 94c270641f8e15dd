import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A program of the benchmark's own; seen from `dist`, where everything is built to. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url));
}

/** Runs one of the benchmark's programs in a Node process of its own, and reads the JSON that it prints. */
export async function runProgram(
  name: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<unknown> {
  const { stdout } = await execute(process.execPath, [...nodeFlags, programPath(name), ...args]);
  return JSON.parse(stdout) as unknown;
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: URL;
  /** Calls a listener with every line that it prints from now on. One at a time. */
  onLine(listener: (line: string) => void): void;
  /** Ends it, and resolves once it has ended. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/**
 * Starts a program that serves something, and waits until it says where: `listening at <url>` on a line of its own.
 *
 * Rejects with what it wrote to stderr where it ends before, or takes longer than a minute.
 */
export async function startServer(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // Nothing that was started here outlives the benchmark.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close').finally(() => process.off('exit', kill));
  let stderr = '';
  let take = (_line: string): void => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => take(line));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`A server does not start\n${stderr}`)), START_LIMIT_MS);
      take = (line) => {
        const found = /^listening at (\S+)$/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      };
      void closed.then(() => reject(new Error(`A server has ended\n${stderr}`))).finally(() => clearTimeout(timer));
    });
    return {
      url: new URL(url),
      onLine: (listener) => {
        take = listener;
      },
      stop: async () => {
        child.kill('SIGTERM');
        await closed;
      },
    };
  } catch (error) {
    kill();
    throw error;
  }
}
