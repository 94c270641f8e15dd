import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_BUDGETS } from './budgets/all-budgets.js';
import { UsageError, readOptions } from './cli/options.js';
import type { Options } from './cli/options.js';
import { usage } from './cli/usage.js';
import { settingsOf } from './harness/settings.js';
import { formatReport } from './report/format-report.js';
import { runBudgets } from './run-budgets.js';

/** Seen from `dist`, where this file is built to. */
const DEFAULT_JSON = fileURLToPath(new URL('../../../.reports/bench.json', import.meta.url));

async function main({ json, only, quick, strict }: Options): Promise<number> {
  const budgets = only.length === 0 ? ALL_BUDGETS : ALL_BUDGETS.filter(({ name }) => only.includes(name));
  const report = await runBudgets(budgets, settingsOf(quick), ({ name }) =>
    process.stderr.write(`measuring ${name} …\n`),
  );
  const file = json === undefined ? DEFAULT_JSON : resolve(json);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(formatReport(report));
  const missed = report.budgets.some(({ rows }) => rows.some(({ verdict }) => verdict === 'fail'));
  return strict && missed ? 1 : 0;
}

try {
  const names = ALL_BUDGETS.map(({ name }) => name);
  const options = readOptions(process.argv.slice(2), names);
  if (options.help) process.stdout.write(usage(ALL_BUDGETS));
  else process.exitCode = await main(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  const text = error instanceof Error ? (isUsage ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
