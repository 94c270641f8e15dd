// npm run lint: builds (type-aware rules read the siblings' declarations), then eslint and prettier over everything.
import './bootstrap.mjs';

const { bin } = await import('./lib/pnpm.mjs');

const built = await bin('turbo', ['run', 'build', '--output-logs=errors-only']);
if (built !== 0) process.exit(built);

const eslint = await bin('eslint', ['.', '--max-warnings=0']);
const prettier = await bin('prettier', ['--check', '--log-level=warn', '.']);
if (eslint === 0 && prettier === 0) console.log('lint: nothing to report');
process.exitCode = eslint !== 0 ? eslint : prettier;
