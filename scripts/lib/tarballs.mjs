import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './process.mjs';
import { captureBin } from './pnpm.mjs';
import { workspaces } from './workspaces.mjs';

/**
 * @typedef {object} Packed
 * @property {import('./workspaces.mjs').Workspace} workspace
 * @property {string} tarball absolute path
 */

/**
 * Packs every public package as it would be published. They have to be built.
 *
 * @param {string} folder to write the tarballs to; it exists
 * @returns {Promise<Packed[]>}
 */
export async function pack(folder) {
  /** @type {Packed[]} */
  const packed = [];
  for (const workspace of workspaces().filter(({ isPublic }) => isPublic)) {
    const before = new Set(readdirSync(folder));
    const result = await captureBin('pnpm', ['pack', '--pack-destination', folder], { cwd: workspace.directory });
    const name = readdirSync(folder).find((file) => file.endsWith('.tgz') && !before.has(file));
    if (result.code !== 0 || name === undefined) {
      throw new Error(`${workspace.path}: pnpm pack failed:\n${result.stdout}${result.stderr}`);
    }
    packed.push({ workspace, tarball: join(folder, name) });
  }
  return packed;
}

/**
 * Packs every public package, lends the tarballs, and removes them.
 *
 * @template T
 * @param {(packed: readonly Packed[], folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withTarballs(use) {
  const folder = mkdtempSync(join(tmpdir(), 'mcps-pack-'));
  try {
    /** @type {Packed[]} */
    const packed = [];
    for (const workspace of workspaces().filter(({ isPublic }) => isPublic)) {
      const destination = mkdtempSync(join(folder, 'tarball-'));
      const result = await captureBin('pnpm', ['pack', '--pack-destination', destination], {
        cwd: workspace.directory,
      });
      const name = readdirSync(destination).find((file) => file.endsWith('.tgz'));
      if (result.code !== 0 || name === undefined) {
        throw new Error(`${workspace.path}: pnpm pack failed:\n${result.stdout}${result.stderr}`);
      }
      packed.push({ workspace, tarball: join(destination, name) });
    }
    return await use(packed, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} tarball
 * @returns {Promise<string[]>} its files, without the leading `package/`
 */
export async function listTarball(tarball) {
  const { code, stdout, stderr } = await capture('tar', ['-tzf', tarball]);
  if (code !== 0) throw new Error(`tar failed: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith('/'))
    .map((line) => line.replace(/^package\//, ''));
}

/**
 * @param {string} tarball
 * @param {string} file
 * @returns {Promise<string>}
 */
export async function readFromTarball(tarball, file) {
  const { code, stdout, stderr } = await capture('tar', ['-xzOf', tarball, `package/${file}`]);
  if (code !== 0) throw new Error(`tar failed: ${stderr}`);
  return stdout;
}
