import type { Contest, Plan, Ratio } from './contest.js';
import type { Bound } from './verdict.js';

/** One ratio that a budget is about, or that helps to read it. */
export interface Measurement {
  /** What is compared, for example `sign + verify, 250 B`. */
  readonly what: string;
  readonly subject: string;
  readonly reference: string;
  /** Subject ÷ reference. */
  readonly ratio: Ratio;
  /** Absent where the ratio is only shown. */
  readonly bound?: Bound;
}

/** What one contestant needed. */
export interface Absolute {
  readonly what: string;
  readonly name: string;
  readonly median: number;
  readonly unit: 'ns' | 'bytes';
}

/** What measuring a budget gives. */
export interface Measured {
  readonly measurements: readonly Measurement[];
  /** The numbers behind the ratios; they hold for this machine only. */
  readonly absolutes: readonly Absolute[];
  /** What has to be known beside the numbers, such as what was not measured. */
  readonly notes?: readonly string[];
}

/** How thorough a run is. */
export interface Settings {
  readonly quick: boolean;
  readonly plan: Plan;
  /** How long the benchmark sleeps to hear how busy others keep the machine. */
  readonly pressureSampleMs: number;
}

/** One of the project's budgets. */
export interface Budget {
  /** What `--only` takes. */
  readonly name: string;
  readonly title: string;
  measure(settings: Settings): Promise<Measured>;
}

/** Two of a contest, compared. */
export function compared(
  contest: Contest,
  what: string,
  subject: string,
  reference: string,
  bound?: Bound,
): Measurement {
  const measurement = { what, subject, reference, ratio: contest.ratio(subject, reference) };
  return bound === undefined ? measurement : { ...measurement, bound };
}

/**
 * Two of a contest, compared by how much they do in a given time: the rate of `subject` ÷ that of `reference`, which is their times the other way
 * round.
 */
export function comparedByRate(
  contest: Contest,
  what: string,
  subject: string,
  reference: string,
  bound?: Bound,
): Measurement {
  return { ...compared(contest, what, reference, subject, bound), subject, reference };
}

/** The time that each contestant needed for one operation. */
export function absolutesOf(contest: Contest, what: string): Absolute[] {
  return contest.speeds.map(({ name, medianNs }) => ({ what, name, median: medianNs, unit: 'ns' }));
}
