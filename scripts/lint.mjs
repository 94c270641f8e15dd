// npm run lint: builds (type-aware rules read the siblings' declarations), then eslint and prettier over everything.
import './bootstrap.mjs';

const { lintGroups } = await import('./lib/lint-groups.mjs');
const { bin } = await import('./lib/pnpm.mjs');
const { workspaces } = await import('./lib/workspaces.mjs');

const built = await bin('turbo', ['run', 'build', '--output-logs=errors-only']);
if (built !== 0) process.exit(built);

// Type-aware rules take minutes on everything: unchanged files are not read again. A changed type can change the verdict on a file that uses it, so
// what decides, the verification on a fresh machine, takes nothing from a cache.
const isCached = process.env['CI'] === undefined;

/**
 * @param {readonly string[]} targets
 * @param {number} index
 */
function eslint(targets, index) {
  const location = `--cache-location=node_modules/.cache/eslint/${index}/`;
  const cache = isCached ? ['--cache', '--cache-strategy=content', location] : [];
  return bin('eslint', [...targets, '--max-warnings=0', ...cache]);
}

let failed = 0;
// A process for each workspace: one for all of them keeps the types of every program, and runs out of memory.
const queue = lintGroups(workspaces().map(({ path }) => path)).map((targets, index) => ({ targets, index }));
const workers = [1, 2].map(async () => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if ((await eslint(next.targets, next.index)) !== 0) failed += 1;
  }
});
await Promise.all(workers);
const prettier = await bin('prettier', ['--check', '--log-level=warn', '.']);
if (failed === 0 && prettier === 0) console.log('lint: nothing to report');
process.exitCode = failed === 0 ? prettier : 1;
