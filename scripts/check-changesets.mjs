// Every public package tells its users what changes: it has a changeset that is not released yet, or a changelog entry
// for its present version. The configuration and the changesets themselves are read by changesets.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isMain, runCheck } from './lib/main.mjs';
import { root as repository } from './lib/root.mjs';
import { workspaces } from './lib/workspaces.mjs';

/**
 * @param {string} text of a changeset
 * @returns {{ releases: string[], summary: string } | undefined} undefined when it is malformed
 */
export function readChangeset(text) {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text);
  if (match === null) return undefined;
  const releases = [];
  for (const line of (match[1] ?? '').split(/\r?\n/)) {
    const name = /^['"]?(@?[\w./-]+)['"]?:\s*(?:patch|minor|major)$/.exec(line.trim())?.[1];
    if (name === undefined) return undefined;
    releases.push(name);
  }
  return { releases, summary: (match[2] ?? '').trim() };
}

/**
 * @param {string} root
 * @param {readonly import('./lib/workspaces.mjs').Workspace[]} packages
 * @returns {string[]}
 */
export function changesetFaults(root, packages) {
  /** @type {string[]} */
  const faults = [];
  const pending = new Set();
  for (const file of readdirSync(join(root, '.changeset'))) {
    if (!file.endsWith('.md') || file === 'README.md') continue;
    const changeset = readChangeset(readFileSync(join(root, '.changeset', file), 'utf8'));
    if (changeset === undefined) faults.push(`.changeset/${file}: cannot be read as a changeset`);
    else if (changeset.summary === '') faults.push(`.changeset/${file}: says nothing about the change`);
    for (const name of changeset?.releases ?? []) {
      pending.add(name);
      if (!packages.some((candidate) => candidate.isPublic && candidate.name === name)) {
        faults.push(`.changeset/${file}: ${name} is no public package of this repository`);
      }
    }
  }
  for (const { name, path, directory, manifest, isPublic } of packages) {
    if (!isPublic || pending.has(name)) continue;
    const changelog = join(directory, 'CHANGELOG.md');
    const heading = `## ${manifest['version']}`;
    if (!existsSync(changelog) || !readFileSync(changelog, 'utf8').split(/\r?\n/).includes(heading)) {
      faults.push(`${path}: no pending changeset names ${name}, and its changelog has no entry "${heading}"`);
    }
  }
  return faults;
}

/**
 * Lets changesets read its configuration and plan the next release, without the comparison of branches that its command
 * adds: a checkout need not have them.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
async function planFaults(root) {
  const cli = createRequire(import.meta.url).resolve('@changesets/cli/package.json');
  const { default: getReleasePlan } = createRequire(cli)('@changesets/get-release-plan');
  try {
    await getReleasePlan(root);
    return [];
  } catch (error) {
    return [`changesets cannot plan a release: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** @returns {Promise<string[]>} */
export async function checkChangesets() {
  return [...changesetFaults(repository, workspaces()), ...(await planFaults(repository))];
}

if (isMain(import.meta.url)) await runCheck('changesets', checkChangesets);
