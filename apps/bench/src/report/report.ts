import type { Measured, Measurement } from '../harness/budget.js';
import type { Judgement } from '../harness/verdict.js';
import type { Machine } from './machine.js';

/** A measurement and what it means. */
export type Row = Measurement & Judgement;

/** One budget, measured and judged. */
export interface BudgetReport {
  readonly name: string;
  readonly title: string;
  /** Before and after it, while the benchmark slept; the higher one. Absent where the system does not tell. */
  readonly pressurePercent?: number;
  readonly rows: readonly Row[];
  readonly absolutes: Measured['absolutes'];
  readonly notes?: Measured['notes'];
}

/** A whole run, as it is written to JSON. */
export interface Report {
  /** Rises when a member changes its meaning. */
  readonly version: 1;
  readonly startedAt: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly budgets: readonly BudgetReport[];
}
