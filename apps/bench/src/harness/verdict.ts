import type { Estimate } from './statistics.js';

/** What a ratio has to keep to. */
export interface Bound {
  readonly kind: 'at most' | 'at least';
  readonly limit: number;
  /** What would be better still. */
  readonly moonshot?: number;
}

/** The judgement on one budget; `none` where a ratio is only shown. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'none';

/** Why something is `inconclusive`. */
export type Doubt =
  /** A quick run proves nothing. */
  | 'quick'
  /** The limit lies inside the interval. */
  | 'near the limit'
  /** Missed, while others kept the machine busy. */
  | 'pressure'
  /** Missed, by values that differ too much among themselves. */
  | 'spread';

/** A verdict with its doubt. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly doubt?: Doubt;
}

/** Above this, a miss may be somebody else's fault. */
const MAX_PRESSURE_PERCENT = 15;

/** Width of the interval by the median, above which a miss says nothing. */
const MAX_SPREAD = 0.25;

/** Under what circumstances something was measured. */
export interface Circumstances {
  /** Of the processors, before the measurement; `undefined` where the system does not tell. */
  readonly pressurePercent: number | undefined;
  readonly quick: boolean;
}

/** Holds a ratio against its bound: met or missed only if its whole interval is. */
export function judge(ratio: Estimate, bound: Bound | undefined, circumstances: Circumstances): Judgement {
  if (bound === undefined) return { verdict: 'none' };
  if (circumstances.quick) return { verdict: 'inconclusive', doubt: 'quick' };
  const { kind, limit } = bound;
  const [best, worst] = kind === 'at most' ? [ratio.low, ratio.high] : [ratio.high, ratio.low];
  const meets = (value: number): boolean => (kind === 'at most' ? value <= limit : value >= limit);
  if (meets(worst)) return { verdict: 'pass' };
  if (meets(best)) return { verdict: 'inconclusive', doubt: 'near the limit' };
  if ((circumstances.pressurePercent ?? 0) > MAX_PRESSURE_PERCENT)
    return { verdict: 'inconclusive', doubt: 'pressure' };
  if ((ratio.high - ratio.low) / ratio.median > MAX_SPREAD) return { verdict: 'inconclusive', doubt: 'spread' };
  return { verdict: 'fail' };
}
