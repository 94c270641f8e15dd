import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { commandOf } from '../world/programs.js';

const START_LIMIT_MS = 60_000;
/** Longer than the authority gives itself to stop. */
const STOP_LIMIT_MS = 15_000;
const MAX_LOG_CHARACTERS = 10_000;

/** The authority's own program, in a process of its own, at a free port of 127.0.0.1. */
export class AuthorityProgram {
  private constructor(
    readonly url: string,
    /** What it has printed at its first start, for its operator. */
    readonly adminToken: string,
    private readonly child: ChildProcess,
    private readonly ended: Promise<void>,
    private readonly kill: () => void,
  ) {}

  /** @param folder where it keeps its keys and its database */
  static async start(folder: string): Promise<AuthorityProgram> {
    const child = spawn(process.execPath, [commandOf('@mcps/trust-authority')], {
      env: environment({ DATA_DIR: join(folder, 'authority'), HOST: '127.0.0.1', PORT: '0', NAME: 'demo-authority' }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A program that exits in the middle leaves nobody behind.
    const kill = (): void => void child.kill('SIGKILL');
    process.prependOnceListener('exit', kill);
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    try {
      const printed = await untilListening(child, ended);
      return new AuthorityProgram(printed.url, printed.adminToken, child, ended, kill);
    } catch (error) {
      kill();
      await ended;
      process.off('exit', kill);
      throw error;
    }
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const limit = setTimeout(this.kill, STOP_LIMIT_MS);
    await this.ended;
    clearTimeout(limit);
    process.off('exit', this.kill);
  }
}

interface Printed {
  readonly url: string;
  readonly adminToken: string;
}

function untilListening(child: ChildProcess, ended: Promise<void>): Promise<Printed> {
  let [stdout, stderr] = ['', ''];
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`The authority ${what}:\n${stderr}`));
    const limit = setTimeout(() => fail('does not start'), START_LIMIT_MS);
    void ended.then(() => {
      clearTimeout(limit);
      fail('has ended');
    });
    child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-MAX_LOG_CHARACTERS)));
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout = (stdout + chunk.toString()).slice(-MAX_LOG_CHARACTERS);
      const url = /^listening at (\S+)$/m.exec(stdout)?.[1];
      const adminToken = /^admin token .*: (\S+)$/m.exec(stdout)?.[1];
      if (url === undefined || adminToken === undefined) return;
      clearTimeout(limit);
      resolve({ url, adminToken });
    });
  });
}

/** What the program inherits, without the settings of an authority that somebody else runs. */
function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MCPS_AUTHORITY_'));
  const own = Object.entries(settings).map(([name, value]) => [`MCPS_AUTHORITY_${name}`, value]);
  return Object.fromEntries([...inherited, ...own]) as NodeJS.ProcessEnv;
}
