import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { MCPS } from './mcps.js';

const require = createRequire(import.meta.url);

/** The entry point of a program from npm. */
export function programOf(packageName: string): string {
  const manifestPath = join(folderOf(packageName), 'package.json');
  const { bin } = require(manifestPath) as { bin: string | Record<string, string> };
  return join(dirname(manifestPath), typeof bin === 'string' ? bin : Object.values(bin)[0]!);
}

/** Not every package lets its manifest be resolved. */
function folderOf(packageName: string): string {
  const folder = require.resolve.paths(packageName)?.map((path) => join(path, packageName)) ?? [];
  const found = folder.find((path) => {
    try {
      require(join(path, 'package.json'));
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`${packageName} is not installed`);
  return found;
}

/** A program that goes on until it is stopped. */
export class Running {
  #stdout = '';
  #stderr = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const options = { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } };
    return new Running(spawn(process.execPath, [...args], options));
  }

  static mcps(args: readonly string[], env?: Readonly<Record<string, string>>): Running {
    return Running.start([MCPS, ...args], env);
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves to what a pattern finds, once the program has printed it. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found[1] ?? found[0];
      const chunk = new Promise<void>((resolve) => {
        this.child.stdout?.once('data', () => resolve());
        this.child.stderr?.once('data', () => resolve());
      });
      const ended = await Promise.race([chunk, this.ended]);
      if (ended !== undefined && pattern.exec(this.output) === null) {
        throw new Error(`ended without printing ${pattern.source}: ${this.output}`);
      }
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A port that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once somebody listens at a port of this machine. */
export async function reachable(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => {
        await response.body?.cancel();
        return true;
      },
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nobody listens at ${url}`);
}
