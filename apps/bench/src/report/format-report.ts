import type { Absolute } from '../harness/budget.js';
import type { Ratio } from '../harness/contest.js';
import type { Bound } from '../harness/verdict.js';
import type { BudgetReport, Report, Row } from './report.js';
import { formatTable } from './table.js';

/** A run as text for people: a table of ratios for each budget, with the times behind them. */
export function formatReport({ machine, budgets, quick }: Report): string {
  const { node, openssl, platform, arch, parallelism, processor } = machine;
  const head = `Node ${node}, OpenSSL ${openssl}, ${platform} ${arch}, ${parallelism} × ${processor}`;
  const tail = quick ? ['A quick run judges nothing.'] : [];
  return `${[head, ...budgets.map(formatBudget), summaryOf(budgets), ...tail].join('\n\n')}\n`;
}

function formatBudget({ name, title, pressurePercent, rows, absolutes, notes = [] }: BudgetReport): string {
  const pressure = pressurePercent === undefined ? 'unknown' : `${pressurePercent.toFixed(0)} %`;
  const ratios = formatTable(
    [
      ['compared', 'ratio', '95 %', 'CPU', 'budget', 'verdict'],
      ...rows.map((row) => [
        `${row.what}: ${row.subject} ÷ ${row.reference}`,
        number(row.ratio.median),
        interval(row.ratio),
        row.ratio.cpu === undefined ? '' : number(row.ratio.cpu),
        row.bound === undefined ? '' : boundText(row.bound),
        verdictText(row),
      ]),
    ],
    ['left', 'right', 'right', 'right', 'left', 'left'],
  );
  const numbers = absolutes.map((each) => [`${each.what}: ${each.name}`, absolute(each)]);
  return [
    `${name}: ${title} (pressure ${pressure})`,
    ratios,
    formatTable(numbers, ['left', 'right']),
    notes.map((note) => `  ${note}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summaryOf(budgets: readonly BudgetReport[]): string {
  const verdicts = budgets.flatMap(({ rows }) => rows.map(({ verdict }) => verdict));
  const count = (wanted: string): string => `${verdicts.filter((verdict) => verdict === wanted).length} ${wanted}`;
  return [count('pass'), count('fail'), count('inconclusive')].join(', ');
}

function verdictText({ verdict, doubt }: Row): string {
  if (verdict === 'none') return '';
  return doubt === undefined ? verdict : `${verdict}: ${doubt}`;
}

function boundText({ kind, limit, moonshot }: Bound): string {
  const sign = kind === 'at most' ? '≤' : '≥';
  return moonshot === undefined
    ? `${sign} ${number(limit)}`
    : `${sign} ${number(limit)} (moonshot ${number(moonshot)})`;
}

function interval({ low, high }: Ratio): string {
  return `${number(low)}–${number(high)}`;
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value < 0.1 ? 3 : 2);
}

function absolute({ median, unit }: Absolute): string {
  return unit === 'ns' ? time(median) : `${median.toFixed(0)} B`;
}

/** Three digits and a unit. */
function time(ns: number): string {
  if (ns < 1e3) return `${ns.toPrecision(3)} ns`;
  return ns < 1e6 ? `${(ns / 1e3).toPrecision(3)} µs` : `${(ns / 1e6).toPrecision(3)} ms`;
}
