import fc from 'fast-check';
import type { ReplayEntry, ReplayOutcome } from '../../src/index.js';
import { START, WINDOW_MS, entry, nonce } from './entries.js';

const TOLERANCE_MS = 60_000;
const POOLS = ['authority', 'other', 'unanchored'];

/** The limits of {@link NaiveModel}; a store under test has the same. */
export const LIMITS = { capacity: 24, perPassport: 8, perPool: 16, unanchored: 4, unanchoredShare: 4 / 24 };

/** The contract without its machinery: everything is remembered, and looked through each time. */
export class NaiveModel {
  readonly #entries: ReplayEntry[] = [];
  #evictedMs = -Infinity;

  consume(entries: readonly ReplayEntry[], nowMs: number): ReplayOutcome {
    for (const { expiresAtMs } of this.#entries) {
      const over = wholeSecond(expiresAtMs);
      if (over < nowMs) this.#evictedMs = Math.max(this.#evictedMs, over);
    }
    if (entries.some((e) => e.expiresAtMs < nowMs || wholeSecond(e.expiresAtMs) <= this.#evictedMs))
      return 'below-floor';
    const live = this.#entries.filter((e) => wholeSecond(e.expiresAtMs) > this.#evictedMs);
    const keys = entries.map(keyOf);
    if (new Set(keys).size < keys.length || live.some((e) => keys.includes(keyOf(e)))) return 'repeated';
    const after = [...live, ...entries];
    if (entries.some((e) => exceeds(after, e))) return 'full';
    this.#entries.push(...entries);
    return 'accepted';
  }
}

function exceeds(live: readonly ReplayEntry[], { passportId, pool }: ReplayEntry): boolean {
  const limit = pool === 'unanchored' ? LIMITS.unanchored : LIMITS.perPool;
  return (
    live.length > LIMITS.capacity ||
    live.filter((e) => e.passportId === passportId).length > LIMITS.perPassport ||
    live.filter((e) => e.pool === pool).length > limit
  );
}

function keyOf({ passportId, nonce }: ReplayEntry): string {
  return `${passportId} ${nonce}`;
}

function wholeSecond(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

const use = fc.record({
  identity: fc.nat(4),
  nonce: fc.nat(12),
  aheadMs: fc.integer({ min: -WINDOW_MS, max: TOLERANCE_MS }),
});

/** One call: how far the clock moves before it, and what it uses up. */
export const step = fc.record({
  // Mostly forwards, by anything from nothing to several windows; now and then the clock is set back.
  moveMs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * WINDOW_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: -2 * WINDOW_MS, max: 0 }) },
  ),
  uses: fc.oneof({ weight: 4, arbitrary: fc.tuple(use) }, { weight: 1, arbitrary: fc.array(use, { maxLength: 3 }) }),
});

export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What each step asks of a store, and when. */
export function* callsOf(steps: readonly Step[]): Generator<{ entries: ReplayEntry[]; now: number }> {
  let now = START + WINDOW_MS;
  for (const { moveMs, uses } of steps) {
    now = Math.max(START, now + moveMs);
    const entries = uses.map(({ identity, nonce: number, aheadMs }) =>
      entry({
        passportId: `asp_${identity}`,
        keyThumbprint: `thumbprint-${identity >> 1}`,
        nonce: nonce(number),
        expiresAtMs: now + aheadMs + WINDOW_MS,
        pool: POOLS[identity % 3] ?? '',
      }),
    );
    yield { entries, now };
  }
}
