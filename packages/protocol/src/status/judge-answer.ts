import { isObject, member } from '../json-rpc/json-object.js';
import type { JsonObject } from '../json-rpc/index.js';

/** Why an answer does not count as a fresh good one. */
export type StatusFault = 'status_unavailable' | 'status_stale' | 'status_invalid';

/** What an answer is worth. */
export type Judgement =
  | { readonly status: 'good'; readonly freshUntilMs: number; readonly isStale: boolean }
  | { readonly status: 'revoked' }
  | { readonly status: 'not-fresh'; readonly fault: StatusFault };

export interface JudgeOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly maxAgeMs: number;
  /** How old a good answer may be where none is fresh. Default: none counts then. */
  readonly staleMaxAgeMs?: number;
  readonly futureToleranceMs: number;
}

/**
 * Judges what a source has answered, `undefined` where it has not. `revoked` counts at any age; `good` only from an answer that was not made in the future,
 * is at most `maxAgeMs` old, and has not expired; one that was, until it is `staleMaxAgeMs` old.
 */
export function judgeAnswer(answer: unknown, options: JudgeOptions): Judgement {
  const { now, maxAgeMs, staleMaxAgeMs = 0, futureToleranceMs } = options;
  if (answer === undefined) return notFresh('status_unavailable');
  if (!isObject(answer)) return notFresh('status_invalid');
  const status = member(answer, 'status');
  if (status === 'revoked') return { status };
  if (status === 'unknown') return notFresh('status_unavailable');
  const producedAtMs = instant(answer, 'producedAtMs');
  const expiresAtMs = instant(answer, 'expiresAtMs');
  if (status !== 'good' || producedAtMs === undefined || expiresAtMs === undefined) return notFresh('status_invalid');
  if (producedAtMs > now + futureToleranceMs || expiresAtMs <= producedAtMs) return notFresh('status_invalid');
  // An answer dated ahead of our clock ages from now on, not from its own date.
  const fromMs = Math.min(producedAtMs, now);
  const freshUntilMs = Math.min(expiresAtMs, fromMs + maxAgeMs);
  if (now < freshUntilMs) return { status, freshUntilMs, isStale: false };
  const staleUntilMs = fromMs + staleMaxAgeMs;
  return now < staleUntilMs ? { status, freshUntilMs: staleUntilMs, isStale: true } : notFresh('status_stale');
}

function notFresh(fault: StatusFault): Judgement {
  return { status: 'not-fresh', fault };
}

function instant(answer: JsonObject, name: string): number | undefined {
  const value = member(answer, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
