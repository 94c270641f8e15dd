import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const ROOT = join(PACKAGE, '../..');

/** The examples of a document: fenced blocks that follow a comment with their file name. */
export function examplesOf(document: string): Map<string, string> {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const block = /<!-- example: ([\w.-]+) -->\s*```\w*\n([\s\S]*?)```/g;
  return new Map([...text.matchAll(block)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** What an example says that it prints: the comments behind its calls of `console.log`. */
export const printedBy = (example: string): string =>
  [...example.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => `${match[1]}\n`).join('');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** Resolves once it has printed that. */
  printed(text: string): Promise<void>;
  stop(): void;
  readonly ended: Promise<Ended>;
}

/** A folder inside the package, so that examples find it and what it depends on by name. */
export class ExampleFolder {
  readonly path = mkdtempSync(join(PACKAGE, '.examples-'));

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8');
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}, subfolder = '.'): Running {
    const child = spawn(process.execPath, args, {
      cwd: join(this.path, subfolder),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code, stdout, stderr });
      });
    });
    const printed = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (stdout.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        look();
        void ended.then(() => reject(new Error(`ended without printing ${text}: ${stderr}`)));
      });
    return { printed, ended, stop: () => void child.kill() };
  }

  run(args: readonly string[], env?: NodeJS.ProcessEnv, subfolder?: string): Promise<Ended> {
    return this.start(args, env, subfolder).ended;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
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
