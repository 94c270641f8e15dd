import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './process.mjs';
import { root as repository } from './root.mjs';

const unversioned = new Set(['.git', 'node_modules', 'dist', 'coverage', '.turbo', '.reports', '.tarballs']);

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function walk(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (unversioned.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : entry.isFile() ? [path] : [];
  });
}

/**
 * The files of the project: what git tracks, and what it would track next. Without git, every file outside the folders
 * that builds and installations fill.
 *
 * @param {string} [root]
 * @returns {Promise<string[]>} sorted, relative to the root, with forward slashes
 */
export async function projectFiles(root = repository) {
  if (existsSync(join(root, '.git'))) {
    // A checkout may belong to another user than the one who checks it (a container does that).
    const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { code, stdout, stderr } = await capture('git', args, { cwd: root });
    if (code !== 0) throw new Error(`git ls-files failed: ${stderr}`);
    const files = stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
    return [...new Set(files)].filter((path) => statSync(join(root, path)).isFile()).sort();
  }
  return walk(root, '').sort();
}

/**
 * @param {string} path absolute
 * @returns {string | undefined} undefined for a binary file
 */
export function readText(path) {
  const bytes = readFileSync(path);
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}
