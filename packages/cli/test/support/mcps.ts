import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command as it is published: built, with its shebang and its own imports. */
export const MCPS = fileURLToPath(new URL('../../dist/mcps.js', import.meta.url));

/** What a finished program left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the built command to its end, with nothing of this environment but PATH. */
function mcps(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [MCPS, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** Behind `--` it would be an argument of the program. */
function asJson(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.toSpliced(end === -1 ? args.length : end, 0, '--json');
}

/** A temporary folder, and the command run in it. */
export class Workspace {
  readonly path = mkdtempSync(join(tmpdir(), 'mcps-cli-'));

  run(args: readonly string[], options: Omit<RunOptions, 'cwd'> = {}): Promise<Outcome> {
    return mcps(args, { ...options, cwd: this.path });
  }

  /** Runs a command that must succeed, and returns its JSON document. */
  async json(args: readonly string[], options: Omit<RunOptions, 'cwd'> = {}): Promise<any> {
    const outcome = await this.run(asJson(args), options);
    if (outcome.code !== 0) throw new Error(`mcps ${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
    return JSON.parse(outcome.stdout);
  }

  /** Runs a command that must fail, and returns its exit status and error. */
  async failure(args: readonly string[], options: Omit<RunOptions, 'cwd'> = {}): Promise<any> {
    const { code, stdout, stderr } = await this.run(asJson(args), options);
    const last = stderr.trimEnd().split('\n').at(-1) ?? '';
    return { exit: code, stdout, ...JSON.parse(last).error };
  }

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  readJson(name: string): any {
    return JSON.parse(this.read(name));
  }

  write(name: string, content: string | object, mode = 0o644): string {
    writeFileSync(this.file(name), typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return this.file(name);
  }

  mode(name: string): number {
    return statSync(this.file(name)).mode & 0o777;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Every spelling of a private key that must be seen nowhere. */
export function secretsOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'));
}
