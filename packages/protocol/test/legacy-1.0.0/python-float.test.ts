import { decodeHex } from '@mcps/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcp-secure-1.0.0/floats.json' with { type: 'json' };
import { pythonFloat } from '../../src/legacy-1.0.0/python-float.js';

const doubleOf = (hex: string) => new DataView(decodeHex(hex).slice().buffer).getFloat64(0);

describe('pythonFloat', () => {
  it('writes what Python wrote', () => {
    expect(data.written_by_python.length).toBeGreaterThan(800);
    for (const [hex, text] of data.written_by_python as [string, string][])
      expect(pythonFloat(doubleOf(hex))).toBe(text);
  });

  it('reads back as the same double, and is never a whole literal', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = pythonFloat(value);
        expect(Object.is(Number(text), value)).toBe(true);
        expect(text).toMatch(/[.e]/);
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s', (value) => {
    expect(() => pythonFloat(value)).toThrow(RangeError);
  });
});
