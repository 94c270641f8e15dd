import type { TrustAnchors } from '../anchor/trust-anchors.js';
import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';

/** How a statement of an authority is verified. */
export interface VerifyStatementOptions {
  /** Whose statements are believed, and by which keys. */
  readonly anchors: TrustAnchors;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly now?: number;
  readonly clock?: Clock;
  /** How far ahead of our clock a statement may have been made, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
}

/** The instant to judge by, and the latest one that a statement may have been made at. */
export interface Instants {
  readonly now: number;
  readonly latestMs: number;
}

export function instantsOf(options: Omit<VerifyStatementOptions, 'anchors'>): Instants {
  const { clock = systemClock, now = clock(), futureToleranceMs = DEFAULT_FUTURE_TOLERANCE_MS } = options;
  return { now, latestMs: now + futureToleranceMs };
}

/** Throws `McpsError`: `status_invalid` for a status that is from the future, `status_stale` for one that has run out. A clock that answers NaN fails both. */
export function checkPeriod(madeAtMs: number, untilMs: number, { now, latestMs }: Instants): void {
  if (!(madeAtMs <= latestMs)) throw new McpsError('status_invalid');
  if (!(now < untilMs)) throw new McpsError('status_stale');
}
