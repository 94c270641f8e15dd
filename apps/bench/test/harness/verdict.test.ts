import { describe, expect, it } from 'vitest';
import { judge } from '../../src/harness/verdict.js';
import type { Bound, Circumstances } from '../../src/harness/verdict.js';

const CALM: Circumstances = { quick: false, pressurePercent: 2 };
const AT_MOST: Bound = { kind: 'at most', limit: 1.2 };
const AT_LEAST: Bound = { kind: 'at least', limit: 2 };
const between = (low: number, high: number) => ({ low, median: (low + high) / 2, high });

describe('judge', () => {
  it('passes what keeps to its limit with its whole interval', () => {
    expect(judge(between(1.1, 1.2), AT_MOST, CALM)).toEqual({ verdict: 'pass' });
    expect(judge(between(2, 2.2), AT_LEAST, CALM)).toEqual({ verdict: 'pass' });
  });

  it('fails what misses its limit with its whole interval', () => {
    expect(judge(between(1.21, 1.3), AT_MOST, CALM)).toEqual({ verdict: 'fail' });
    expect(judge(between(1.8, 1.99), AT_LEAST, CALM)).toEqual({ verdict: 'fail' });
  });

  it('leaves open what has its limit inside the interval, on whichever side the median lies', () => {
    const open = { verdict: 'inconclusive', doubt: 'near the limit' };
    expect(judge(between(1.1, 1.25), AT_MOST, CALM)).toEqual(open);
    expect(judge(between(1.18, 1.3), AT_MOST, CALM)).toEqual(open);
    expect(judge(between(1.9, 2.2), AT_LEAST, CALM)).toEqual(open);
  });

  it('blames nobody for a miss under pressure, and passes what keeps to its limit all the same', () => {
    const busy = { ...CALM, pressurePercent: 15.1 };
    expect(judge(between(1.3, 1.4), AT_MOST, busy)).toEqual({ verdict: 'inconclusive', doubt: 'pressure' });
    expect(judge(between(1.3, 1.4), AT_MOST, { ...CALM, pressurePercent: 15 })).toEqual({ verdict: 'fail' });
    expect(judge(between(1.1, 1.15), AT_MOST, busy)).toEqual({ verdict: 'pass' });
  });

  it('does not call a miss one when its values differ too much', () => {
    expect(judge(between(1.3, 1.75), AT_MOST, CALM)).toEqual({ verdict: 'inconclusive', doubt: 'spread' });
  });

  it('fails a miss where the system does not tell its pressure', () => {
    expect(judge(between(1.3, 1.4), AT_MOST, { quick: false, pressurePercent: undefined })).toEqual({
      verdict: 'fail',
    });
  });

  it('judges nothing in a quick run, and nothing without a limit', () => {
    const quick = { ...CALM, quick: true };
    expect(judge(between(1, 1.1), AT_MOST, quick)).toEqual({ verdict: 'inconclusive', doubt: 'quick' });
    expect(judge(between(1.3, 1.4), AT_MOST, quick)).toEqual({ verdict: 'inconclusive', doubt: 'quick' });
    expect(judge(between(1.3, 1.4), undefined, CALM)).toEqual({ verdict: 'none' });
  });
});
