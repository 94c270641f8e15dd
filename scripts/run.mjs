// node scripts/run.mjs <tool> [arguments]: runs a tool of the root's devDependencies, after any needed set-up.
import './bootstrap.mjs';

const { bin } = await import('./lib/pnpm.mjs');

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  console.error('usage: node scripts/run.mjs <tool> [arguments]');
  process.exit(2);
}
process.exitCode = await bin(name, args);
