/** A median, and the interval that holds the true median with 95 % confidence. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const upper = at(sorted, Math.floor(sorted.length / 2));
  return sorted.length % 2 === 1 ? upper : (at(sorted, sorted.length / 2 - 1) + upper) / 2;
}

/**
 * The median with the interval of the sign test, which assumes nothing of how the values are distributed. Fewer than six values cannot give 95 %
 * confidence; the interval then is all of them.
 *
 * @throws RangeError for no values
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = ascending(values);
  const outside = valuesOutside(sorted.length);
  return { median: median(sorted), low: at(sorted, outside), high: at(sorted, sorted.length - 1 - outside) };
}

/**
 * A quantile (nearest rank) with the interval of order statistics that holds the true one with 95 % confidence. No interval reaches beyond the values there
 * are: with fewer than 367, that of a 99th percentile ends at the highest of them and promises less.
 *
 * @param quantile above 0 and below 1
 * @throws RangeError for no values
 */
export function estimateQuantile(values: readonly number[], quantile: number): Estimate {
  const sorted = ascending(values);
  const count = sorted.length;
  const { low, high } = ranksAround(count, quantile);
  return { median: at(sorted, Math.ceil(quantile * count) - 1), low: at(sorted, low), high: at(sorted, high) };
}

/** Between which of `count` ordered values a quantile lies: how many are below it is binomial. */
function ranksAround(count: number, quantile: number): { readonly low: number; readonly high: number } {
  // As a logarithm: the chance that none is below a high quantile is soon too small for a number.
  let logTerm = count * Math.log(1 - quantile);
  let tail = Math.exp(logTerm);
  let below = 0;
  const next = (): void => {
    logTerm += Math.log(((count - below) / (below + 1)) * (quantile / (1 - quantile)));
    below++;
    tail += Math.exp(logTerm);
  };
  while (tail <= 0.025 && below < count) next();
  const low = Math.max(0, below - 1);
  while (tail < 0.975 && below < count) next();
  return { low, high: Math.min(count - 1, below) };
}

/** How many of `count` ordered values may be left out at each end, so that the rest still hold the median with 95 % confidence. */
function valuesOutside(count: number): number {
  // The number of values below the true median is binomial with p = 1/2; `tail` is the chance of at most `outside` of them.
  let term = 0.5 ** count;
  let tail = term;
  let outside = 0;
  while (tail <= 0.025 && outside < count) {
    term *= (count - outside) / (outside + 1);
    outside++;
    tail += term;
  }
  return Math.max(0, outside - 1);
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('There is no median of nothing');
  return [...values].sort((a, b) => a - b);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`There is no value ${index}`);
  return value;
}
