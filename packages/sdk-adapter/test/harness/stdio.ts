import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Authority, Identity } from './identities.js';

/** The command as it is published: built, with its shebang and its own imports. */
export const WRAP = fileURLToPath(new URL('../../dist/mcps-wrap.js', import.meta.url));

const require = createRequire(import.meta.url);

/** The entry point of an MCP server from npm. */
export function programOf(packageName: string): string {
  const manifestPath = require.resolve(`${packageName}/package.json`);
  const manifest = require(manifestPath) as { bin: string | Record<string, string> };
  const bin = typeof manifest.bin === 'string' ? manifest.bin : Object.values(manifest.bin)[0]!;
  return join(dirname(manifestPath), bin);
}

/** A fixture of this folder, run as a program. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A temporary folder with the files that a wrapped server is configured by. */
export interface WrapFiles {
  readonly folder: string;
  readonly passport: string;
  readonly key: string;
  readonly anchors: string;
  readonly audit: string;
  /** Command-line options that name them. */
  readonly options: readonly string[];
  remove(): Promise<void>;
}

export async function writeWrapFiles(authority: Authority, identity: Identity): Promise<WrapFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'mcps-wrap-'));
  const [passport, key, anchors, audit] = ['passport.json', 'key.pem', 'anchors.json', 'audit.jsonl'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  await writeFile(passport, JSON.stringify(identity.passport));
  await writeFile(key, identity.pem, { mode: 0o600 });
  await writeFile(anchors, authority.anchorFile);
  return {
    folder,
    passport,
    key,
    anchors,
    audit,
    options: ['--passport', passport, '--key', key, '--anchors', anchors],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a finished program left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly input?: string;
    /** Sent once the program has written to standard error. */
    readonly signal?: NodeJS.Signals;
  } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [...args], {
    env: options.env ?? process.env,
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr === '' && options.signal !== undefined) child.kill(options.signal);
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  if (options.input !== undefined) child.stdin.end(options.input);
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })));
}
