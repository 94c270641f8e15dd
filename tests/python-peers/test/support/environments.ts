import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The sets of packages that the tests need. Two packages import under one name, so each set has a virtual environment of its own. */
export const ENVIRONMENTS = ['published', 'earlier', 'sdk-1', 'sdk-2'] as const;

export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** The interpreter of each environment; where one could not be installed, why not. */
export type Environments = Record<EnvironmentName, { readonly python: string } | { readonly missing: string }>;

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const TIME_LIMIT_MS = 240_000;

/** Runs a program to its end, and returns what it printed; rejects where it fails or takes too long. */
async function run(command: string, ...args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT_MS });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return output;
  const last = errors.trimEnd().split('\n').at(-1) ?? '';
  throw new Error(code === null ? `${command} took too long` : `${command} ended with ${code}: ${last}`);
}

/** Installs exactly the versions that the requirements name. What is installed already is used again. */
async function install(name: EnvironmentName, version: string): Promise<string> {
  const requirements = fileURLToPath(new URL(`../../requirements/${name}.txt`, import.meta.url));
  const key = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const folder = join(CACHE, `${name}-${key}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  // Half an installation is none.
  rmSync(folder, { recursive: true, force: true });
  await run('python3', '-m', 'venv', folder);
  const pip = () =>
    run(python, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-q', '-r', requirements);
  // Once more: networks fail now and then.
  await pip().catch(pip);
  writeFileSync(complete, '');
  return python;
}

/** Installs every environment, one after the other. */
export async function installEnvironments(): Promise<Environments> {
  const installed: Partial<Record<EnvironmentName, Environments[EnvironmentName]>> = {};
  for (const name of ENVIRONMENTS) {
    installed[name] = await run('python3', '-c', 'import sys; print(sys.executable, sys.version)')
      .then(async (version) => ({ python: await install(name, version) }))
      .catch((error: unknown) => ({ missing: error instanceof Error ? error.message : String(error) }));
  }
  return installed as Environments;
}
