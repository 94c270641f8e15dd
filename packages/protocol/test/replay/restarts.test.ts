import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryReplayStore, systemClock } from '../../src/index.js';
import type { ReplayEntry } from '../../src/index.js';
import { START, WINDOW_MS, entry, nonce } from './entries.js';

const TOLERANCE_MS = 60_000;
const LONGEST_BEHIND_MS = 600_000;

/** A machine: its clock, which may be behind, and the time that really passes. */
class Machine {
  passedMs = 0;
  behindMs = 0;

  get now(): number {
    return START + this.passedMs - this.behindMs;
  }

  start(): MemoryReplayStore {
    return new MemoryReplayStore({
      clock: () => this.now,
      uptime: () => this.passedMs,
      futureToleranceMs: TOLERANCE_MS,
    });
  }
}

/** What a receiver does with a message that no handshake binds. */
function accepts(store: MemoryReplayStore, message: ReplayEntry, nowMs: number): boolean {
  const datedMs = message.expiresAtMs - WINDOW_MS;
  if (nowMs - datedMs > WINDOW_MS || datedMs - nowMs > TOLERANCE_MS) return false;
  if (message.expiresAtMs <= store.floorMs()) return false;
  if (store.consumeSync([message], nowMs) !== 'accepted') return false;
  return message.expiresAtMs > store.floorMs();
}

const action = fc.record({
  passMs: fc.nat(120_000),
  behindMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(LONGEST_BEHIND_MS) }),
  datedAheadMs: fc.integer({ min: -WINDOW_MS, max: TOLERANCE_MS }),
  restart: fc.option(
    fc.record({ downMs: fc.nat(60_000), behindMs: fc.nat(LONGEST_BEHIND_MS), putRightAfterMs: fc.nat(30_000) }),
    { freq: 6 },
  ),
});

describe('a receiver whose store is in memory', () => {
  it('accepts no message twice over restarts, and a clock that is set back, or was behind at the start and is put right', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 60 }), (actions) => {
        const machine = new Machine();
        let store = machine.start();
        const accepted = new Map<ReplayEntry, number>();
        for (const [number, { passMs, behindMs, datedAheadMs, restart }] of actions.entries()) {
          machine.passedMs += passMs;
          machine.behindMs = behindMs;
          if (restart !== null) {
            machine.passedMs += restart.downMs;
            machine.behindMs = restart.behindMs;
            store = machine.start();
            machine.passedMs += restart.putRightAfterMs;
            machine.behindMs = 0;
          }
          const expiresAtMs = machine.now + datedAheadMs + WINDOW_MS;
          accepted.set(entry({ nonce: nonce(number), expiresAtMs }), 0);
          for (const [message, times] of accepted)
            if (accepts(store, message, machine.now)) accepted.set(message, times + 1);
          expect(Math.max(...accepted.values())).toBeLessThanOrEqual(1);
        }
        machine.passedMs += WINDOW_MS + TOLERANCE_MS + 2_000;
        machine.behindMs = 0;
        expect(accepts(store, entry({ expiresAtMs: machine.now + WINDOW_MS }), machine.now)).toBe(true);
      }),
      { numRuns: 300, seed: 20_260_101 },
    );
  });
});

describe('the floor of a store whose clock was behind when it started', () => {
  const used = (nowMs: number) => entry({ nonce: nonce(77), expiresAtMs: nowMs + WINDOW_MS });

  it('rises to where the start really was once the clock is put right', () => {
    const machine = new Machine();
    machine.behindMs = 120_000;
    const store = machine.start();
    machine.passedMs = 5_000;
    expect(store.floorMs()).toBe(START - 120_000 + WINDOW_MS + TOLERANCE_MS);
    machine.behindMs = 0;
    store.consumeSync([used(machine.now)], machine.now);
    expect(store.floorMs()).toBe(START + WINDOW_MS + TOLERANCE_MS);
  });

  it('stays where the clock only runs, is set back, or returns to what it was', () => {
    const machine = new Machine();
    const store = machine.start();
    for (const [passMs, behindMs] of [
      [30_000, 0],
      [1_000, 90_000],
      [50_000, 0],
    ] as const) {
      machine.passedMs += passMs;
      machine.behindMs = behindMs;
      store.consumeSync([used(machine.now)], machine.now);
      expect(store.floorMs()).toBe(START + WINDOW_MS + TOLERANCE_MS);
    }
  });

  it('is told by the system clock without being asked', () => {
    const store = new MemoryReplayStore();
    const before = store.floorMs();
    const ahead = systemClock() + 3_600_000;
    store.consumeSync([used(ahead)], ahead);
    expect(store.floorMs()).toBeGreaterThan(before + 3_500_000);
  });
});
