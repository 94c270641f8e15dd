import type { Budget, Settings } from './harness/budget.js';
import { idlePressurePercent } from './harness/pressure.js';
import { judge } from './harness/verdict.js';
import { describeMachine } from './report/machine.js';
import type { BudgetReport, Report } from './report/report.js';

/** Measures budgets one after the other, and judges them. `onStart` hears of each as it begins. */
export async function runBudgets(
  budgets: readonly Budget[],
  settings: Settings,
  onStart: (budget: Budget) => void,
): Promise<Report> {
  const startedAt = new Date().toISOString();
  const reports: BudgetReport[] = [];
  for (const budget of budgets) {
    onStart(budget);
    reports.push(await runBudget(budget, settings));
  }
  return { version: 1, startedAt, quick: settings.quick, machine: describeMachine(), budgets: reports };
}

async function runBudget(budget: Budget, { quick, plan, pressureSampleMs }: Settings): Promise<BudgetReport> {
  const { name, title } = budget;
  const before = await idlePressurePercent(pressureSampleMs);
  const { measurements, absolutes, notes } = await budget.measure({ quick, plan, pressureSampleMs });
  const after = await idlePressurePercent(pressureSampleMs);
  const pressurePercent = before === undefined || after === undefined ? undefined : Math.max(before, after);
  const rows = measurements.map((measurement) => {
    return { ...measurement, ...judge(measurement.ratio, measurement.bound, { quick, pressurePercent }) };
  });
  return {
    name,
    title,
    ...(pressurePercent === undefined ? {} : { pressurePercent }),
    rows,
    absolutes,
    ...(notes === undefined ? {} : { notes }),
  };
}
