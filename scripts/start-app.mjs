// node scripts/start-app.mjs <app> [arguments]: builds apps/<app> with all it depends on, then runs it.
// All set-up output goes to stderr: stdout belongs to the app, so that `npm run --silent demo -- --json` can be piped.
import './bootstrap.mjs';

const { existsSync } = await import('node:fs');
const { join } = await import('node:path');
const { bin } = await import('./lib/pnpm.mjs');
const { run } = await import('./lib/process.mjs');
const { readJson, root } = await import('./lib/root.mjs');

const [app = '', ...args] = process.argv.slice(2);
const directory = join(root, 'apps', app);
if (app === '' || !existsSync(join(directory, 'package.json'))) {
  console.error(`usage: node scripts/start-app.mjs <folder in apps/> [arguments]; there is no app "${app}"`);
  process.exit(2);
}
const { name } = readJson(join(directory, 'package.json'));
const built = await bin('turbo', ['run', 'build', `--filter=${name}`, '--output-logs=errors-only'], {
  stdio: ['ignore', 2, 2],
});
if (built !== 0) {
  console.error(`The build of ${name} failed.`);
  process.exit(built);
}
process.exitCode = await run(process.execPath, [join(directory, 'dist', 'main.js'), ...args], {
  stdio: 'inherit',
  env: process.env,
  endsWithParent: true,
});
