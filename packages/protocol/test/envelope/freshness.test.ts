import { describe, expect, it } from 'vitest';
import { DEFAULT_FUTURE_TOLERANCE_MS, DEFAULT_WINDOW_MS, checkFreshness } from '../../src/envelope/index.js';
import type { Envelope } from '../../src/revision/index.js';
import { formatTimestamp } from '../../src/time/index.js';
import { reasonOf } from '../support/refusal.js';
import { NOW, NOW_TEXT } from '../support/signing.js';

const at = (timestamp: string): Envelope => ({ version: '1.0', passportId: '', nonce: '', timestamp, signature: '' });
const offset = (ms: number) => at(formatTimestamp(NOW + ms));

describe('checkFreshness', () => {
  it('is five minutes back and one minute ahead, both inclusive', () => {
    expect([DEFAULT_WINDOW_MS, DEFAULT_FUTURE_TOLERANCE_MS]).toEqual([300_000, 60_000]);
    expect(checkFreshness(at(NOW_TEXT), { now: NOW })).toBe(NOW);
    expect(checkFreshness(offset(-300_000), { now: NOW })).toBe(NOW - 300_000);
    expect(reasonOf(() => checkFreshness(offset(-300_001), { now: NOW }))).toBe('timestamp_too_old');
    expect(checkFreshness(offset(60_000), { now: NOW })).toBe(NOW + 60_000);
    expect(reasonOf(() => checkFreshness(offset(60_001), { now: NOW }))).toBe('timestamp_in_future');
  });

  it('takes other bounds, zero included', () => {
    const bounds = { now: NOW, windowMs: 0, futureToleranceMs: 0 };
    expect(checkFreshness(offset(0), bounds)).toBe(NOW);
    expect(reasonOf(() => checkFreshness(offset(-1), bounds))).toBe('timestamp_too_old');
    expect(reasonOf(() => checkFreshness(offset(1), bounds))).toBe('timestamp_in_future');
  });

  it('finds nothing fresh by a clock or bounds that are no number', () => {
    // Fails where the comparisons are written the other way round.
    expect(reasonOf(() => checkFreshness(offset(0), { now: Number.NaN }))).toBe('timestamp_too_old');
    expect(reasonOf(() => checkFreshness(offset(0), { now: NOW, windowMs: Number.NaN }))).toBe('timestamp_too_old');
    expect(reasonOf(() => checkFreshness(offset(0), { now: NOW, futureToleranceMs: Number.NaN }))).toBe(
      'timestamp_in_future',
    );
  });

  it('tells the time of the refusing side', () => {
    let refusal: unknown;
    try {
      checkFreshness(offset(-400_000), { now: NOW });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'MCPS-006', details: { serverTime: NOW } });
  });

  it('refuses what is no timestamp', () => {
    for (const text of ['', 'soon', '2026-01-02T03:04:05', '２０２６-01-02T03:04:05Z']) {
      expect(reasonOf(() => checkFreshness(at(text), { now: NOW }))).toBe('timestamp_malformed');
    }
  });

  it('compares microseconds by their milliseconds', () => {
    expect(checkFreshness(at('2026-01-02T03:04:05.678999Z'), { now: NOW, windowMs: 0, futureToleranceMs: 0 })).toBe(
      NOW,
    );
  });
});
