import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { toolEnvironment } from './environment.mjs';
import { capture, run } from './process.mjs';
import { readJson, root } from './root.mjs';

/** `pnpm@<version>`, as pinned in the root package.json. */
export const pnpmSpec = String(readJson(join(root, 'package.json'))['packageManager']);

/**
 * npx of the npm that runs this script, so that it also works where npx itself is not on PATH.
 *
 * @returns {{ command: string, prefix: string[] }}
 */
function npx() {
  const npmCli = process.env['npm_execpath'] ?? '';
  const npxCli = join(dirname(npmCli), 'npx-cli.js');
  return npmCli.endsWith('npm-cli.js') && existsSync(npxCli)
    ? { command: process.execPath, prefix: [npxCli] }
    : { command: 'npx', prefix: [] };
}

/**
 * Runs the pinned pnpm, wherever it has to come from.
 *
 * @param {readonly string[]} args
 * @param {import('./process.mjs').RunOptions} [options]
 * @returns {Promise<number>} the exit code
 */
export function pnpm(args, options) {
  const { command, prefix } = npx();
  return run(command, [...prefix, '--yes', pnpmSpec, ...args], options);
}

/** @type {Promise<NodeJS.ProcessEnv> | undefined} */
let cached;

/**
 * The environment in which `pnpm` and the binaries of the root are on PATH (turbo looks for pnpm there). npx is asked
 * once; every later tool then starts without it.
 *
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
function binEnvironment() {
  cached ??= (async () => {
    const { command, prefix } = npx();
    const script = 'process.stdout.write(JSON.stringify(process.env.PATH))';
    const result = await capture(command, [...prefix, '--yes', pnpmSpec, 'exec', 'node', '-e', script]);
    const path = result.code === 0 ? JSON.parse(result.stdout.slice(result.stdout.indexOf('"'))) : undefined;
    if (typeof path !== 'string') throw new Error(`could not start ${pnpmSpec}:\n${result.stderr}${result.stdout}`);
    return { ...toolEnvironment(), PATH: path };
  })();
  return cached;
}

/**
 * Runs a binary of the root's development dependencies, or pnpm itself.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {import('./process.mjs').RunOptions} [options]
 * @returns {Promise<number>} the exit code
 */
export async function bin(name, args, options = {}) {
  return run(name, args, { ...options, env: { ...(await binEnvironment()), ...options.env } });
}

/**
 * Like {@link bin}, but collects what is printed.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {{ cwd?: string }} [options]
 */
export async function captureBin(name, args, options = {}) {
  return capture(name, args, { ...options, env: await binEnvironment() });
}
