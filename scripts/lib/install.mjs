import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, pnpmSpec } from './pnpm.mjs';
import { root } from './root.mjs';
import { workspaces } from './workspaces.mjs';

const stampFile = join(root, 'node_modules', '.install-stamp');

/**
 * A digest of all that decides what an installation contains.
 *
 * @param {string} [repository]
 * @returns {string}
 */
export function installationKey(repository = root) {
  const manifests = ['.', ...workspaces(repository).map(({ path }) => path)].map((path) => join(path, 'package.json'));
  const hash = createHash('sha256');
  hash.update([process.version, process.platform, process.arch, pnpmSpec].join('\n'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    const content = readFileSync(join(repository, file));
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** @returns {boolean} every package that depends on something has its node_modules */
function isComplete() {
  return workspaces().every(({ directory, manifest }) => {
    const needed = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    return needed.length === 0 || existsSync(join(directory, 'node_modules'));
  });
}

/**
 * Installs the dependencies when the last installation was made for something else, or never. Prints to stderr only.
 *
 * @returns {Promise<void>}
 * @throws {Error} with instructions, when the installation fails
 */
export async function ensureInstalled() {
  const key = installationKey();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === key && isComplete()) return;

  console.error(`Installing dependencies with ${pnpmSpec} (once, until they change) ...`);
  rmSync(stampFile, { force: true });
  // Without a terminal, pnpm would refuse to replace a node_modules that npm made.
  const args = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  const code = await pnpm(args, { stdio: ['ignore', 2, 2] });
  if (code !== 0) {
    throw new Error(
      `The installation failed (exit code ${code}). It needs the npm registry, and a pnpm-lock.yaml that agrees with ` +
        `every package.json: after changing dependencies, run "npx ${pnpmSpec} install" and commit the lockfile.`,
    );
  }
  writeFileSync(stampFile, key);
}
