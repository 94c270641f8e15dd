import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { parseTimestamp } from '../time/index.js';
import type { Passport } from './types.js';

export interface ValidityOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** How far ahead of `now` the passport may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
}

/**
 * Checks that a passport is valid at an instant: issued before, give or take a difference of clocks, and not expired. From the millisecond of
 * `expires_at` on it is expired. To be asked again whenever a passport that was verified earlier is used.
 *
 * Throws `McpsError`: `passport_expired`, `passport_not_yet_valid`.
 */
export function checkPassportValidity(
  passport: Pick<Passport, 'issued_at' | 'expires_at'>,
  options: ValidityOptions,
): void {
  const { now, futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
  // Written so that a clock that answers NaN fails both.
  if (!(now < parseTimestamp(passport.expires_at))) throw new McpsError('passport_expired');
  if (!(parseTimestamp(passport.issued_at) <= now + futureToleranceMs)) throw new McpsError('passport_not_yet_valid');
}
