import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_LIMIT_MS = 60_000;

export interface AuthorityProcess {
  readonly url: string;
  /** What it printed on stdout so far. */
  readonly output: () => string;
  readonly log: () => string;
  readonly child: ChildProcess;
  /** Ends it as an operator does, and resolves to its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a child: the least that a program needs, and the settings. */
function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const own = Object.entries(settings).map(([name, value]) => [`MCPS_AUTHORITY_${name}`, value]);
  const { PATH, HOME, SOFTHSM2_CONF } = process.env;
  const token = SOFTHSM2_CONF === undefined ? {} : { SOFTHSM2_CONF };
  return { PATH, HOME, ...token, ...Object.fromEntries(own) };
}

/** Runs the built program to its end. */
export async function runAuthority(args: string[], settings: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: environment(settings) });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

/**
 * Starts the built program at a free port of 127.0.0.1, and waits until it listens.
 *
 * @param more variables of the environment that are not the authority's settings
 */
export async function startAuthority(
  settings: Record<string, string>,
  more: Readonly<Record<string, string>> = {},
): Promise<AuthorityProcess> {
  const child = spawn(process.execPath, [MAIN], { env: { ...environment({ PORT: '0', ...settings }), ...more } });
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the authority does not start:\n${stderr}`)), START_LIMIT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      const found = /^listening at (\S+)$/m.exec(stdout)?.[1];
      if (found !== undefined) {
        clearTimeout(timer);
        resolve(found);
      }
    });
    void closed.then((code) => {
      clearTimeout(timer);
      reject(new Error(`the authority ended with ${code}:\n${stderr}`));
    });
  });
  return {
    url,
    child,
    output: () => stdout,
    log: () => stderr,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return closed;
    },
  };
}
