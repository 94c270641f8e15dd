import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HistoryFollower } from '../../src/status/history-follower.js';
import type { History } from '../../src/status/history.js';

let states: (number | Error)[];
let asked: number;
let faults: unknown[];
let follower: HistoryFollower;

const history = {
  async catchUp() {
    asked += 1;
    const state = states.length > 1 ? states.shift() : states[0];
    if (state instanceof Error) throw state;
    return state;
  },
} as History;

beforeEach(() => {
  vi.useFakeTimers();
  [states, asked, faults] = [[1], 0, []];
  follower = new HistoryFollower({ history, random: () => 0.5, onFault: (error) => faults.push(error) });
});

afterEach(async () => {
  const closing = follower.close();
  await vi.runAllTimersAsync();
  await closing;
  vi.useRealTimers();
});

describe('what was heard of revocations', () => {
  it('is taken into the history once', async () => {
    follower.heard(1);
    await vi.advanceTimersByTimeAsync(60_000);
    follower.heard(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
  });

  it('is not asked for by everybody at one moment', async () => {
    follower.heard(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toBe(0);
    await vi.advanceTimersByTimeAsync(50);
    expect(asked).toBe(1);
  });

  it('is taken together where it comes together', async () => {
    states = [50];
    for (let epoch = 1; epoch <= 50; epoch++) follower.heard(epoch);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
  });

  it('is asked for again while the answer is of before', async () => {
    states = [1, 1, 2];
    follower.heard(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(3);
  });

  it('is asked for again, and said so, where it cannot be had', async () => {
    states = [new Error('no answer'), new Error('no answer'), 1];
    follower.heard(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked, faults.length]).toEqual([3, 2]);
  });

  it('is left when the client is closed', async () => {
    follower.heard(1);
    const closing = follower.close();
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
    follower.heard(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(0);
  });
});
