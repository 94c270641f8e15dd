import { describe, expect, it } from 'vitest';
import { estimate, estimateQuantile, median } from '../../src/harness/statistics.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('sorts numbers as numbers, and leaves what it was given as it was', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('does not exist for nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('estimate', () => {
  // Published tables of the sign test: ranks of the 95 % interval of a median.
  it.each([
    [6, 1, 6],
    [9, 2, 8],
    [20, 6, 15],
    [25, 8, 18],
    [40, 14, 27],
    [100, 40, 61],
  ])('holds the median of %i values between ranks %i and %i', (count, low, high) => {
    expect(estimate(upTo(count).reverse())).toMatchObject({ low, high });
  });

  it.each([1, 2, 5])('takes all of %i values, too few for 95 %%', (count) => {
    expect(estimate(upTo(count))).toMatchObject({ low: 1, high: count });
  });

  it('is not moved by a few slices that were interrupted', () => {
    expect(estimate([...upTo(20).map(() => 1.1), 50, 60, 70])).toEqual({ median: 1.1, low: 1.1, high: 1.1 });
  });

  it('does not exist for nothing', () => {
    expect(() => estimate([])).toThrow(RangeError);
  });
});

describe('estimateQuantile', () => {
  it.each([6, 9, 20, 25, 40, 100])('agrees on the interval of the median of %i values with the sign test', (count) => {
    const { low, high } = estimate(upTo(count));
    expect(estimateQuantile(upTo(count).reverse(), 0.5)).toMatchObject({ low, high });
  });

  it('takes the nearest rank', () => {
    expect(estimateQuantile(upTo(100), 0.99).median).toBe(99);
    expect(estimateQuantile(upTo(60), 0.99).median).toBe(60);
    expect(estimateQuantile(upTo(4), 0.5).median).toBe(2);
  });

  it('ends at the highest value where there are too few for 95 %, and before it where there are enough', () => {
    expect(estimateQuantile(upTo(366), 0.99).high).toBe(366);
    expect(estimateQuantile(upTo(1000), 0.99)).toMatchObject({ low: 983, high: 997 });
  });

  it('does not exist for nothing', () => {
    expect(() => estimateQuantile([], 0.5)).toThrow(RangeError);
  });
});
