import { describe, expect, it } from 'vitest';
import { stalledMicroseconds } from '../../src/harness/pressure.js';

describe('stalledMicroseconds', () => {
  it('reads the total of the line "some"', () => {
    const text =
      'some avg10=84.57 avg60=54.91 avg300=37.85 total=469719681\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n';
    expect(stalledMicroseconds(text)).toBe(469_719_681);
  });

  it('knows nothing of other texts', () => {
    expect(stalledMicroseconds('')).toBeUndefined();
    expect(stalledMicroseconds('full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n')).toBeUndefined();
  });
});
