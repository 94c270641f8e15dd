import { describe, expect, it } from 'vitest';
import type { Contestant } from '../../src/harness/contestant.js';
import { Contest } from '../../src/harness/contest.js';

const PLAN = { warmUpMs: 1, sliceMs: 1, rounds: 6 };

/** Keeps a log of whose turn it is. */
function logging(name: string, log: string[], rest: Partial<Contestant> = {}): Contestant {
  return {
    name,
    run: async (_, watch) => {
      log.push(name);
      watch.time(() => {
        for (const end = performance.now() + 0.2; performance.now() < end;);
      });
    },
    ...rest,
  };
}

describe('Contest', () => {
  it('lets contestants take turns, every round beginning with another', async () => {
    const log: string[] = [];
    const names = ['a', 'b', 'c'];
    await Contest.hold(
      names.map((name) => logging(name, log)),
      PLAN,
    );
    expect(log.slice(-names.length * PLAN.rounds).join('')).toBe('abcbcacababcbcacab');
  });

  it('gives every contestant at least one operation, however short its slice', async () => {
    const contest = await Contest.hold([logging('a', []), logging('b', [])], { ...PLAN, sliceMs: 0 });
    expect(contest.speeds.map(({ name, operations }) => [name, operations])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('holds a contestant against a goal that is a time', async () => {
    const contest = await Contest.hold([logging('a', [])], PLAN);
    const [{ medianNs, operations }] = contest.speeds as [(typeof contest.speeds)[number]];
    // Each turn spins for 0.2 ms, however many operations it is asked for.
    expect(medianNs * operations).toBeGreaterThanOrEqual(199_000);
    const { median, low, high } = contest.against('a', 100);
    expect(median).toBeCloseTo(medianNs / 100, 6);
    expect(low <= median && median <= high).toBe(true);
    expect(() => contest.against('b', 100)).toThrow(RangeError);
  });

  it('compares a contestant with itself as equal', async () => {
    const contest = await Contest.hold([logging('a', [])], PLAN);
    expect(contest.ratio('a', 'a')).toEqual({ median: 1, low: 1, high: 1, cpu: 1 });
  });

  it('says nothing of processor time where another process does a part', async () => {
    const contest = await Contest.hold([logging('a', []), logging('b', [], { usesOtherProcesses: true })], PLAN);
    expect(contest.ratio('a', 'b')).not.toHaveProperty('cpu');
    expect(contest.ratio('b', 'a')).not.toHaveProperty('cpu');
  });

  it('refuses names of nobody', async () => {
    const contest = await Contest.hold([logging('a', [])], PLAN);
    expect(() => contest.ratio('a', 'nobody')).toThrow(RangeError);
  });

  it('does not count what runs outside the watch, and refuses a contestant that does nothing inside it', async () => {
    const idle: Contestant = { name: 'idle', run: () => Promise.resolve() };
    await expect(Contest.hold([idle], PLAN)).rejects.toThrow('idle did nothing');
  });

  it('passes on what a contestant throws', async () => {
    const broken: Contestant = { name: 'broken', run: () => Promise.reject(new Error('does not verify')) };
    await expect(Contest.hold([broken], PLAN)).rejects.toThrow('does not verify');
  });
});
