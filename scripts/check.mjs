// npm run check: all that is checked besides tests and lint. Every step runs, whatever failed before it.
// Names of steps as arguments restrict the run: npm run check -- layers hygiene
import './bootstrap.mjs';

const { checkChangesets } = await import('./check-changesets.mjs');
const { checkDocsPaths } = await import('./check-docs-paths.mjs');
const { checkHygiene } = await import('./check-hygiene.mjs');
const { checkInstall } = await import('./check-install.mjs');
const { checkLayers } = await import('./check-layers.mjs');
const { checkPackages } = await import('./check-packages.mjs');
const { checkProofs } = await import('./check-proofs.mjs');
const { bin } = await import('./lib/pnpm.mjs');

/**
 * A tool that prints its own findings.
 *
 * @param {string} name
 * @param {string[]} args
 * @returns {() => Promise<string[]>}
 */
const tool = (name, args) => async () => {
  const code = await bin(name, args);
  return code === 0 ? [] : [`${name} ended with exit code ${code}`];
};

/** @type {[string, () => Promise<string[]>][]} */
const steps = [
  ['typecheck', tool('turbo', ['run', 'build', 'typecheck', '--continue', '--output-logs=errors-only'])],
  ['typecheck-scripts', tool('tsc', ['-p', 'scripts'])],
  ['knip', tool('knip', ['--no-progress'])],
  ['size', tool('size-limit', [])],
  ['layers', checkLayers],
  ['docs-paths', checkDocsPaths],
  ['proofs', checkProofs],
  ['hygiene', checkHygiene],
  ['changesets', checkChangesets],
  ['packages', checkPackages],
  ['install', checkInstall],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some(([step]) => step === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${steps.map(([step]) => step).join(', ')}`);
  process.exit(2);
}

/** @type {string[]} */
const failed = [];
for (const [name, step] of steps) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n=== ${name}`);
  const start = Date.now();
  /** @type {string[]} */
  let faults;
  try {
    faults = await step();
  } catch (error) {
    faults = [error instanceof Error ? error.message : String(error)];
  }
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) failed.push(name);
  console.log(`${faults.length === 0 ? 'ok' : 'FAILED'} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}
console.log(failed.length === 0 ? '\ncheck: nothing to report' : `\ncheck: FAILED: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
