// The layers hold beyond the sources: in the dependencies that packages declare, and in what their builds import.
import { isBuiltin } from 'node:module';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { layers, packageOf } from './lib/layers.mjs';
import { isMain, runCheck } from './lib/main.mjs';
import { workspaces } from './lib/workspaces.mjs';

/**
 * @param {import('./lib/workspaces.mjs').Workspace} workspace
 * @returns {string[]} every package that it needs at run time
 */
function runtimeDependencies({ manifest }) {
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
}

/**
 * @param {import('./lib/workspaces.mjs').Workspace} workspace
 * @returns {string[]}
 */
export function manifestFaults(workspace) {
  const layer = layers[workspace.name];
  if (layer === undefined) return [`${workspace.path}: no row for ${workspace.name} in scripts/lib/layers.mjs`];
  return runtimeDependencies(workspace).flatMap((name) => {
    if (layer.siblings.includes(name)) return [];
    if (name.startsWith('@mcps/')) return [`${workspace.path}: ${workspace.name} may not depend on ${name}`];
    return layer.thirdParty ? [] : [`${workspace.path}: ${workspace.name} takes no third-party dependency: ${name}`];
  });
}

/**
 * @param {string} file
 * @returns {string[]} the specifiers it imports, re-exports or requires
 */
function importsOf(file) {
  return ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName);
}

/**
 * @param {string} entry
 * @returns {{ file: string, specifier: string }[]} what the entry and the chunks it loads import from elsewhere
 */
function externalImports(entry) {
  /** @type {{ file: string, specifier: string }[]} */
  const found = [];
  const queue = [entry];
  const seen = new Set(queue);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const specifier of importsOf(file)) {
      if (!specifier.startsWith('.')) {
        found.push({ file, specifier });
        continue;
      }
      const next = join(dirname(file), specifier);
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return found;
}

/**
 * The files that a consumer without Node loads for the root entry.
 *
 * @param {any} target an entry of `exports`
 * @returns {string[]}
 */
function browserFiles(target) {
  if (typeof target === 'string') return [target];
  if (target === null || typeof target !== 'object') return [];
  return Object.entries(target).flatMap(([condition, value]) =>
    condition === 'node' || condition === 'types' ? [] : browserFiles(value),
  );
}

/**
 * @param {import('./lib/workspaces.mjs').Workspace} workspace whose dist is built
 * @returns {string[]}
 */
export function buildFaults(workspace) {
  const { name, path, directory, manifest } = workspace;
  const dist = join(directory, 'dist');
  if (!existsSync(dist)) return [`${path}: not built`];
  const declared = runtimeDependencies(workspace);
  const built = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.[cm]?js$/.test(file));
  const external = built.flatMap((file) =>
    importsOf(join(dist, file))
      .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
      .map((specifier) => ({ file, specifier })),
  );

  const undeclared = external
    .filter(({ specifier }) => !declared.includes(packageOf(specifier)))
    .map(({ file, specifier }) => `${path}/dist/${file}: imports "${specifier}", which is not among its dependencies`);
  // A sibling that the build never imports has been copied into it, and a copied class fails instanceof.
  const bundled = declared
    .filter((sibling) => sibling.startsWith('@mcps/'))
    .filter((sibling) => !external.some(({ specifier }) => packageOf(specifier) === sibling))
    .map((sibling) => `${path}: depends on ${sibling}, but its build does not import it: is it bundled, or unused?`);
  const nodeOnly = (layers[name]?.browserSafe === true ? browserFiles(manifest['exports']?.['.']) : [])
    .filter((file) => /\.[cm]?js$/.test(file))
    .flatMap((file) => externalImports(join(directory, file)))
    .filter(({ specifier }) => isBuiltin(specifier))
    .map(({ file, specifier }) => {
      return `${path}/${relative(directory, file)}: the browser build of "." reaches "${specifier}"`;
    });
  return [...undeclared, ...bundled, ...new Set(nodeOnly)];
}

/** @returns {Promise<string[]>} */
export async function checkLayers() {
  return workspaces()
    .filter(({ path }) => path.startsWith('packages/'))
    .flatMap((workspace) => [...manifestFaults(workspace), ...(workspace.isPublic ? buildFaults(workspace) : [])]);
}

if (isMain(import.meta.url)) await runCheck('layers', checkLayers);
