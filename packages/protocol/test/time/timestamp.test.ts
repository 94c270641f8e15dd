import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp, systemClock } from '../../src/time/index.js';
import { reasonOf } from '../support/refusal.js';

describe('parseTimestamp', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00:00.001Z', 1],
    ['2026-01-02T03:04:05.678Z', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['2026-01-02T03:04:05.6Z', Date.UTC(2026, 0, 2, 3, 4, 5, 600)],
    ['2026-01-02T03:04:05.67Z', Date.UTC(2026, 0, 2, 3, 4, 5, 670)],
    ['2026-01-02T03:04:05.678999Z', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['2026-01-02T03:04:05.678999999Z', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5, 0)],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['0000-01-01T00:00:00Z', -62_167_219_200_000],
    ['0099-03-01T00:00:00Z', new Date('0099-03-01T00:00:00Z').getTime()],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'now',
    '0',
    '1735787045',
    '1735787045678',
    '2026-01-02',
    '2026-01-02T03:04Z',
    '2026-01-02T03:04:05',
    '2026-01-02T03:04:05.678',
    '2026-01-02T03:04:05+00:00',
    '2026-01-02T03:04:05-00:00',
    '2026-01-02T03:04:05.678z',
    '2026-01-02t03:04:05Z',
    '2026-01-02 03:04:05Z',
    '2026-01-02T03:04:05.Z',
    '2026-01-02T03:04:05,678Z',
    '2026-01-02T03:04:05.1234567890Z',
    '2026-01-02T03:04:05.6 Z',
    '2026-01-02T03:04:05Z\n',
    '\n2026-01-02T03:04:05Z',
    ' 2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05Z2026-01-02T03:04:05Z',
    '2026-1-2T3:4:5Z',
    '26-01-02T03:04:05Z',
    '+002026-01-02T03:04:05Z',
    '-000001-01-02T03:04:05Z',
    '10000-01-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2016-12-31T23:59:60Z',
    '２０２６-01-02T03:04:05Z',
    '2026-01-02T03:04:05Ｚ',
    '2026-W01-1T00:00:00Z',
    'NaN',
  ])('refuses %j', (text) => {
    expect(reasonOf(() => parseTimestamp(text))).toBe('timestamp_malformed');
  });

  it('agrees with the calendar on every date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T12:30:15.250Z`;
        const date = new Date(text);
        // Date accepts no 13th month, but rolls a 30th of February over into March.
        const real = !Number.isNaN(date.getTime()) && date.toISOString() === text;
        if (real) expect(parseTimestamp(text)).toBe(date.getTime());
        else expect(reasonOf(() => parseTimestamp(text))).toBe('timestamp_malformed');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatTimestamp', () => {
  it('writes three digits of fraction, always', () => {
    expect(formatTimestamp(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(formatTimestamp(1)).toBe('1970-01-01T00:00:00.001Z');
    expect(formatTimestamp(1.9)).toBe('1970-01-01T00:00:00.001Z');
    expect(formatTimestamp(-0.5)).toBe('1969-12-31T23:59:59.999Z');
    expect(formatTimestamp(253_402_300_799_999)).toBe('9999-12-31T23:59:59.999Z');
  });

  it('is read back to the same millisecond, also when asked for other instants in between', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })), (instants) => {
        for (const instant of [...instants, ...instants])
          expect(parseTimestamp(formatTimestamp(instant))).toBe(instant);
      }),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity, 253_402_300_800_000, -62_167_219_200_001])('refuses %d', (instant) => {
    expect(() => formatTimestamp(instant)).toThrow(RangeError);
  });
});

it('has the clock of the machine', () => {
  const before = Date.now();
  const now = systemClock();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
