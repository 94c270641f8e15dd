// npm test: builds everything, runs every workspace's tests one after the other (two cores hold one browser run at a
// time, and nothing comes from a cache), and sums their reports. The last line is "N passed, N failed, N skipped".
// Names of workspaces or their folders as arguments restrict the run.
import './bootstrap.mjs';

const { existsSync, mkdirSync, rmSync } = await import('node:fs');
const { join } = await import('node:path');
const { findChromium, hasBrowserSuite } = await import('./lib/chromium.mjs');
const { bin } = await import('./lib/pnpm.mjs');
const { readJson, root } = await import('./lib/root.mjs');
const { add, countLine, isGreen, summarize, zero } = await import('./lib/test-report.mjs');
const { workspaces } = await import('./lib/workspaces.mjs');

// Random conversations over real HTTP take fifteen minutes where other work shares the cores.
const timeLimitMs = 40 * 60_000;
const requireAll = process.env['MCPS_REQUIRE_ALL'] === '1';
const reports = join(root, '.reports');
const reporter = join(root, 'scripts', 'lib', 'vitest-reporter.mjs');

/** @param {string} text */
const heading = (text) => console.log(`\n=== ${text}`);

/** A failure before any test ran still ends in the count line. @param {string} why */
function abort(why) {
  console.log(`\n${why}\n${countLine({ passed: 0, failed: 1, skipped: 0 })}`);
  process.exit(1);
}

process.on('uncaughtException', (error) => abort(error.stack ?? error.message));

const chromium = findChromium();
/** @type {NodeJS.ProcessEnv} */
const env = chromium === undefined ? {} : { MCPS_CHROMIUM: chromium };

/** @type {{ name: string, path: string, directory: string, tool: string, toolArgs: string[] }[]} */
const suites = [
  { name: 'scripts', path: 'scripts', directory: join(root, 'scripts'), tool: 'vitest', toolArgs: ['run'] },
  ...workspaces()
    .filter(({ manifest }) => manifest['scripts']?.test !== undefined)
    .map(({ name, path, directory }) => ({ name, path, directory, tool: 'pnpm', toolArgs: ['run', 'test'] })),
];
const wanted = process.argv.slice(2).map((argument) => argument.replace(/\/$/, ''));
const chosen = wanted.length === 0 ? suites : suites.filter((s) => wanted.includes(s.name) || wanted.includes(s.path));
if (chosen.length === 0) abort(`No workspace with tests is called ${wanted.join(' or ')}.`);

heading('build');
if ((await bin('turbo', ['run', 'build', '--output-logs=errors-only'])) !== 0) abort('The build failed.');

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

let total = zero();
/** @type {string[]} */
const lines = [];
/** @type {string[]} */
const problems = [];
/** @type {string[]} */
const withoutBrowser = [];

for (const suite of chosen) {
  heading(`${suite.name} (${suite.path})`);
  const file = join(reports, `${suite.path.replaceAll('/', '-')}.json`);
  const args = ['--reporter=default', `--reporter=${reporter}`, `--outputFile.json=${file}`];
  const exitCode = await bin(suite.tool, [...suite.toolArgs, ...args], { cwd: suite.directory, env, timeLimitMs });
  if (exitCode === 124) console.log(`Stopped after ${timeLimitMs / 60_000} minutes.`);

  const summary = summarize(existsSync(file) ? readJson(file) : undefined, exitCode);
  // vitest names a browser project after its instance too: "browser (chromium)".
  const ranBrowser = Object.keys(summary.projects).some((project) => /^browser\b/.test(project));
  if (hasBrowserSuite(suite.directory) && !ranBrowser) {
    if (chromium === undefined) {
      withoutBrowser.push(suite.name);
      summary.total.skipped += 1;
    } else {
      summary.total.failed += 1;
      summary.problems.push(`its browser project did not run, though there is a browser at ${chromium}`);
    }
  }
  problems.push(...summary.problems.map((problem) => `${suite.name}: ${problem}`));
  for (const [project, counts] of Object.entries(summary.projects)) {
    lines.push(`${suite.name}${project === '' ? '' : ` [${project}]`}: ${countLine(counts)}`);
  }
  total = add(total, summary.total);
}

heading('summary');
for (const line of lines) console.log(line);
if (withoutBrowser.length > 0) {
  console.log(`\nSKIPPED: no Chromium found, so these browser suites did not run: ${withoutBrowser.join(', ')}.`);
  console.log('Install Chromium or point MCPS_CHROMIUM at one. Each suite counts as one skipped below.');
}
if (requireAll && total.skipped > 0) console.log('\nMCPS_REQUIRE_ALL=1: a skipped test is a failure.');
for (const problem of problems) console.log(`\nFAILED: ${problem}`);
console.log(`\n${countLine(total)}`);
process.exitCode = isGreen(total, { requireAll }) ? 0 : 1;
