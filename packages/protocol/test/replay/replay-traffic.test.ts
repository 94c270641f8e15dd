import { describe, expect, it } from 'vitest';
import { MemoryReplayStore } from '../../src/index.js';
import type { ReplayEntry, ReplayOutcome } from '../../src/index.js';
import { START, WINDOW_MS, entry, nonce } from './entries.js';

const STEPS = 40_000;
const SENT_BEFORE = 4_000;

/** Numbers of [0, below) that are the same in every run: the minimal standard generator of Park and Miller. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** A set of keys with their expiry, and the highest expiry that has passed. */
class SetWithExpiry {
  readonly #expiries = new Map<string, number>();
  #evictedMs = -Infinity;
  #tidiedMs = 0;

  consume(message: ReplayEntry, nowMs: number): ReplayOutcome {
    // What it holds ends with a second, so nothing comes to its end within one.
    if (wholeSecond(nowMs) !== this.#tidiedMs) this.#tidy(nowMs);
    const expiresMs = wholeSecond(message.expiresAtMs);
    if (message.expiresAtMs < nowMs || expiresMs <= this.#evictedMs) return 'below-floor';
    const key = [message.revision, message.passportId, message.keyThumbprint, message.nonce].join(' ');
    if ((this.#expiries.get(key) ?? -Infinity) > this.#evictedMs) return 'repeated';
    this.#expiries.set(key, expiresMs);
    return 'accepted';
  }

  #tidy(nowMs: number): void {
    this.#tidiedMs = wholeSecond(nowMs);
    for (const [key, expiresMs] of this.#expiries) {
      if (expiresMs >= nowMs) continue;
      this.#evictedMs = Math.max(this.#evictedMs, expiresMs);
      this.#expiries.delete(key);
    }
  }
}

function wholeSecond(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

/** Few keys with many passports, many keys with one, two revisions, and nonces that several identities use. */
function messageOf(random: (below: number) => number, nowMs: number): ReplayEntry {
  const identity = random(400);
  return entry({
    revision: random(10) === 0 ? '1.1' : '1.0',
    passportId: `asp_${nonce(identity)}`,
    keyThumbprint: `thumbprint-${identity < 200 ? identity % 3 : identity}`,
    nonce: nonce(random(3_000)),
    expiresAtMs: nowMs + WINDOW_MS + random(360_000) - 300_000,
  });
}

describe('traffic with copies of what was sent before, and a clock that jumps', () => {
  it.each([1, 2, 3])('has the outcomes of a set with expiries, seed %i', (seed) => {
    const random = generator(seed);
    const store = new MemoryReplayStore({
      clock: () => START - WINDOW_MS,
      capacity: STEPS,
      perPassport: STEPS,
      perPool: STEPS,
    });
    const model = new SetWithExpiry();
    const sent: ReplayEntry[] = [];
    const outcomes = new Map<ReplayOutcome, number>();
    let now = START;
    for (let step = 0; step < STEPS; step++) {
      now += random(100);
      const jump = random(3_000);
      if (jump === 0) now += random(2 * WINDOW_MS);
      if (jump === 1) now = Math.max(START, now - random(2 * WINDOW_MS));
      const again = random(3) === 0 ? sent[random(sent.length + 1)] : undefined;
      const message = again ?? messageOf(random, now);
      const outcome = store.consumeSync([message], now);
      if (outcome !== model.consume(message, now)) expect.fail(`step ${step} of seed ${seed}: ${outcome}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      sent[step % SENT_BEFORE] = message;
    }
    for (const outcome of ['accepted', 'repeated', 'below-floor'] as const)
      expect(outcomes.get(outcome)).toBeGreaterThan(STEPS / 20);
  });
});
