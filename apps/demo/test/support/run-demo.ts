import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it has left in its folder for temporary files. */
  readonly leftBehind: readonly string[];
}

export interface RunOptions {
  /** A module of `fixtures` that is loaded before. */
  readonly preload?: string;
  /** Is given what has come on standard error so far, whenever more has come. */
  readonly onStderr?: (stderr: string, child: ChildProcess) => void;
}

/** Runs the built demonstration to its end, with a folder of its own for temporary files. */
export async function runDemo(args: readonly string[], { preload, onStderr }: RunOptions = {}): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-demo-test-'));
  const hooks = preload === undefined ? [] : ['--import', new URL(`../fixtures/${preload}`, import.meta.url).href];
  try {
    const child = spawn(process.execPath, [...hooks, MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      onStderr?.(stderr, child);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, stdout, stderr, leftBehind: await readdir(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
