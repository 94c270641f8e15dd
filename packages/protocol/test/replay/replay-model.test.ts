import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryReplayStore } from '../../src/index.js';
import type { ReplayEntry } from '../../src/index.js';
import { START, WINDOW_MS, entry, nonce } from './entries.js';
import { LIMITS, NaiveModel, callsOf, step } from './model.js';

describe('the store and a model that remembers everything', () => {
  it('agree on every outcome, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const store = new MemoryReplayStore({ ...LIMITS, clock: () => START });
        const model = new NaiveModel();
        for (const { entries, now } of callsOf(steps))
          expect(store.consumeSync(entries, now)).toBe(model.consume(entries, now));
      }),
      { numRuns: 500 },
    );
  });

  it('agree that no message is ever accepted twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const store = new MemoryReplayStore({ clock: () => START });
        const sent: ReplayEntry[] = [];
        const accepted = new Set<ReplayEntry>();
        let now = START + WINDOW_MS;
        for (const { moveMs, uses } of steps) {
          now = Math.max(START, now + moveMs);
          for (const { identity, aheadMs } of uses) {
            sent.push(
              entry({
                passportId: `asp_${identity}`,
                keyThumbprint: `thumbprint-${identity}`,
                nonce: nonce(sent.length),
                expiresAtMs: now + aheadMs + WINDOW_MS,
              }),
            );
          }
          for (const message of sent) {
            if (store.consumeSync([message], now) !== 'accepted') continue;
            expect(accepted.has(message)).toBe(false);
            accepted.add(message);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
