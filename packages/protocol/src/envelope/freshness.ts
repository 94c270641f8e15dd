import { McpsError } from '../errors/index.js';
import type { Envelope } from '../revision/index.js';
import { parseTimestamp } from '../time/index.js';

/** How old a message may be, milliseconds. */
export const DEFAULT_WINDOW_MS = 300_000;

/** How far ahead of the receiver's clock a message may be dated, milliseconds. */
export const DEFAULT_FUTURE_TOLERANCE_MS = 60_000;

/** The bounds of freshness, without a clock. */
export interface FreshnessWindow {
  /** How old a message may be, inclusive; 300,000 by default. */
  readonly windowMs?: number | undefined;
  /** How far ahead of the clock it may be dated, inclusive; 60,000 by default. */
  readonly futureToleranceMs?: number | undefined;
}

/**
 * Checks an envelope's timestamp against a clock that shows `now`, milliseconds since the Unix epoch, and returns it in the same unit. The
 * envelope need not be verified yet; a fresh timestamp proves nothing by itself.
 *
 * Throws `McpsError` with `details.serverTime`: `timestamp_too_old`, `timestamp_in_future`; and `timestamp_malformed`.
 */
export function checkFreshness(envelope: Envelope, options: FreshnessWindow & { readonly now: number }): number {
  const { now, windowMs = DEFAULT_WINDOW_MS, futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
  const timestampMs = parseTimestamp(envelope.timestamp);
  // Negated comparisons: with a clock or a bound that is NaN nothing is fresh.
  if (!(now - timestampMs <= windowMs)) throw new McpsError('timestamp_too_old', { serverTime: now });
  if (!(timestampMs - now <= futureToleranceMs)) throw new McpsError('timestamp_in_future', { serverTime: now });
  return timestampMs;
}
