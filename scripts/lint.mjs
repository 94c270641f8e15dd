// npm run lint: builds (type-aware rules read the siblings' declarations), then eslint and prettier over everything.
import './bootstrap.mjs';

const { bin } = await import('./lib/pnpm.mjs');

const built = await bin('turbo', ['run', 'build', '--output-logs=errors-only']);
if (built !== 0) process.exit(built);

// Type-aware rules take a minute on everything: unchanged files are not read again. A changed type can change the verdict on a file that uses it, so
// what decides, the verification on a fresh machine, takes nothing from a cache.
const cache =
  process.env['CI'] === undefined
    ? ['--cache', '--cache-strategy=content', '--cache-location=node_modules/.cache/eslint/']
    : [];
const eslint = await bin('eslint', ['.', '--max-warnings=0', ...cache]);
const prettier = await bin('prettier', ['--check', '--log-level=warn', '.']);
if (eslint === 0 && prettier === 0) console.log('lint: nothing to report');
process.exitCode = eslint !== 0 ? eslint : prettier;
