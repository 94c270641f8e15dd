import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/cache/bounded-map.js';
import { SingleFlight } from '../../src/cache/single-flight.js';

describe('a bounded map', () => {
  it('forgets what was written longest ago, and only when it is full', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([3, undefined, 4, 2]);
    map.delete('a');
    expect([map.get('a'), map.size]).toEqual([undefined, 1]);
  });
});

describe('a single flight', () => {
  const gate = () => {
    let open: (value: string) => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    const promise = new Promise<string>((resolve, reject) => {
      open = resolve;
      fail = reject;
    });
    return { promise, open: (value: string) => open(value), fail: (error: Error) => fail(error) };
  };

  it('is shared by all who come while it is under way, and by nobody after', async () => {
    const flights = new SingleFlight<string, string>(10);
    const first = gate();
    let attempts = 0;
    const attempt = () => {
      attempts += 1;
      return first.promise;
    };
    const waiting = Array.from({ length: 100 }, () => flights.run('a', attempt));
    first.open('answer');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['answer']));
    expect(attempts).toBe(1);
    expect(flights.size).toBe(0);
    await flights.run('a', attempt);
    expect(attempts).toBe(2);
  });

  it('fails for all of them, and is tried again', async () => {
    const flights = new SingleFlight<string, string>(10);
    const first = gate();
    const waiting = [1, 2].map(() => flights.run('a', () => first.promise));
    first.fail(new Error('no'));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flights.run('a', () => Promise.resolve('yes'))).toBe('yes');
  });

  it('is one of a bounded number', async () => {
    const flights = new SingleFlight<string, string>(2);
    const first = gate();
    void flights.run('a', () => first.promise);
    void flights.run('b', () => first.promise);
    await expect(flights.run('c', () => first.promise)).rejects.toMatchObject({ code: 'overloaded' });
    const joined = flights.run('a', () => first.promise);
    first.open('answer');
    expect(await joined).toBe('answer');
    expect(await flights.run('c', () => first.promise)).toBe('answer');
  });
});
