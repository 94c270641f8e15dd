import type { Budget } from '../harness/budget.js';

export function usage(budgets: readonly Budget[]): string {
  const width = Math.max(...budgets.map(({ name }) => name.length));
  return `Usage: npm run bench [-- options]

Measures the budgets of MCPS as ratios, side by side with the runtime and with rivals, and prints a table.

  --only <budget>  this budget; may be repeated
  --quick          a few seconds, to see that everything works; judges nothing
  --json <file>    where the JSON goes; .reports/bench.json by default
  --strict         exit status 1 if a budget is missed
  --help           this text

Budgets:
${budgets.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')}

Exit status: 0, whatever was measured; 1 for a budget missed under --strict, or a fault; 2 for a command line that
makes no sense.
`;
}
