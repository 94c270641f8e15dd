import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root as repository } from './root.mjs';

/**
 * @typedef {object} Workspace
 * @property {string} name as in its package.json
 * @property {string} path relative to the repository, with forward slashes
 * @property {string} directory absolute
 * @property {boolean} isPublic published, that is, not `private`
 * @property {Record<string, any>} manifest its package.json
 */

/**
 * The patterns under `packages:` in pnpm-workspace.yaml: plain folders and `folder/*`.
 *
 * @param {string} yaml
 * @returns {string[]}
 */
export function workspacePatterns(yaml) {
  const patterns = [];
  let inside = false;
  for (const line of yaml.split('\n')) {
    if (/^\S/.test(line)) inside = /^packages:\s*$/.test(line);
    else if (inside) {
      const pattern = /^\s+-\s+['"]?([^'"\s]+)['"]?\s*$/.exec(line)?.[1];
      if (pattern !== undefined) patterns.push(pattern);
    }
  }
  return patterns;
}

/**
 * Every workspace package, sorted by path.
 *
 * @param {string} [root] of the repository
 * @returns {Workspace[]}
 */
export function workspaces(root = repository) {
  const paths = workspacePatterns(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')).flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    if (!existsSync(join(root, parent))) return [];
    return readdirSync(join(root, parent)).map((entry) => `${parent}/${entry}`);
  });
  return paths
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .sort()
    .map((path) => {
      const manifest = readJson(join(root, path, 'package.json'));
      return {
        name: manifest['name'],
        path,
        directory: join(root, path),
        isPublic: manifest['private'] !== true,
        manifest,
      };
    });
}
