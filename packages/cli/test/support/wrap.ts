import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Authority, Identity } from '../../../sdk-adapter/test/harness/identities.js';
import { MCPS } from './mcps.js';
import type { Outcome } from './mcps.js';

/** A fixture of this folder, run as a program. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The arguments that run the built `mcps wrap`. */
export const WRAP = [MCPS, 'wrap'] as const;

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

/** Runs a program to its end; without `input`, its standard input stays open. */
export function run(
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly input?: string;
    /** Sent once the program has written to standard error. */
    readonly signal?: NodeJS.Signals;
  } = {},
): Promise<Outcome & { readonly signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [...args], {
    env: options.env ?? process.env,
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
