import { describe, expect, test } from 'vitest';
import { generateKeyPair, sign, verify } from '#crypto';
import { Scheduler } from '../../src/platform/node/scheduler.js';
import { utf8 } from '../support.js';

/** A call that records how it ran; the pool is played by hand. */
class Probe {
  how: 'inline' | 'pool' | undefined;
  finish: (error: Error | null, result: string) => void = () => {};

  runOn(scheduler: Scheduler): Promise<string> {
    if (scheduler.takeInline()) return Promise.resolve(this.inline());
    return scheduler.run(
      () => this.inline(),
      (done) => this.pooled(done),
    );
  }

  private inline(): string {
    this.how = 'inline';
    return 'inline';
  }

  private pooled(done: Probe['finish']): void {
    this.how = 'pool';
    this.finish = done;
  }
}

const probes = (count: number): Probe[] => Array.from({ length: count }, () => new Probe());
const ways = (list: Probe[]): unknown[] => list.map(({ how }) => how);

describe('Scheduler', () => {
  test('a call on its own runs at once, and so does the next after it', async () => {
    const scheduler = new Scheduler();
    for (const probe of probes(5)) {
      const result = probe.runOn(scheduler);
      expect(probe.how).toBe('inline');
      expect(await result).toBe('inline');
    }
  });

  test.each([2, 3, 4])(
    '%i together: the first at once, the others inline after the current microtasks',
    async (count) => {
      const scheduler = new Scheduler();
      const tasks = probes(count);
      const results = tasks.map((task) => task.runOn(scheduler));
      expect(ways(tasks)).toEqual(tasks.map((_, i) => (i === 0 ? 'inline' : undefined)));
      expect(await Promise.all(results)).toEqual(tasks.map(() => 'inline'));
    },
  );

  test.each([5, 6, 100])('%i together: once four wait, they go to the pool', async (count) => {
    const scheduler = new Scheduler();
    const tasks = probes(count);
    const results = tasks.map((task) => task.runOn(scheduler));
    await Promise.resolve();
    expect(ways(tasks)).toEqual(tasks.map((_, i) => (i === 0 ? 'inline' : 'pool')));
    tasks.forEach((task, i) => task.finish(null, `result ${i}`));
    expect(await Promise.all(results)).toEqual(tasks.map((_, i) => (i === 0 ? 'inline' : `result ${i}`)));
  });

  test('calls made in microtasks of the same moment are counted together', async () => {
    const scheduler = new Scheduler();
    const tasks = probes(8);
    await Promise.all(
      tasks.map(async (task) => {
        await Promise.resolve();
        void task.runOn(scheduler);
      }),
    );
    await Promise.resolve();
    expect(ways(tasks)).toEqual(tasks.map((_, i) => (i === 0 ? 'inline' : 'pool')));
  });

  test('calls in the pool count as waiting, until they are done', async () => {
    const scheduler = new Scheduler();
    const first = probes(3);
    const results = first.map((task) => scheduler.runPooled<string>((done) => void (task.finish = done)));

    const later = new Probe();
    const laterResult = later.runOn(scheduler);
    await Promise.resolve();
    expect(later.how).toBe('pool');

    for (const task of [...first, later]) task.finish(null, 'done');
    expect(await Promise.all([...results, laterResult])).toEqual(['done', 'done', 'done', 'done']);

    const last = new Probe();
    expect(await last.runOn(scheduler)).toBe('inline');
  });

  test('two in the pool leave a third call inline', async () => {
    const scheduler = new Scheduler();
    const first = probes(2);
    const results = first.map((task) => scheduler.runPooled<string>((done) => void (task.finish = done)));
    const third = new Probe();
    expect(await third.runOn(scheduler)).toBe('inline');
    for (const task of first) task.finish(null, 'done');
    await Promise.all(results);
  });

  test('errors reject the call they belong to and no other, and leave no trace in the count', async () => {
    const scheduler = new Scheduler();
    const fault = new Error('fault');
    const fail = (): never => {
      throw fault;
    };
    await expect(scheduler.run(fail, fail)).rejects.toBe(fault);
    for (let i = 0; i < 5; i++) await expect(scheduler.runPooled(fail)).rejects.toBe(fault);

    const tasks = probes(6);
    const outcomes = [...tasks.map((task) => task.runOn(scheduler)), scheduler.run(fail, fail)];
    await Promise.resolve();
    tasks[1]!.finish(fault, '');
    for (const task of tasks.slice(2)) task.finish(null, 'done');
    expect((await Promise.allSettled(outcomes)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);

    const after = new Probe();
    expect(await after.runOn(scheduler)).toBe('inline');
  });

  test('a loop of awaits goes to the pool before it can starve the event loop, and comes back', async () => {
    const scheduler = new Scheduler();
    const seen: unknown[] = [];
    for (let i = 0; i < 1000; i++) {
      const task = new Probe();
      const result = task.runOn(scheduler);
      await Promise.resolve();
      seen.push(task.how);
      if (task.how === 'pool') {
        task.finish(null, 'done');
        await result;
        break;
      }
      await result;
    }
    expect(seen.at(-1)).toBe('pool');
    expect(seen.length).toBeGreaterThan(32);

    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const task = new Probe();
    expect(await task.runOn(scheduler)).toBe('inline');
  });
});

test('timers fire while signatures are awaited one after the other', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  let fired = 0;
  const timer = setInterval(() => {
    fired++;
  }, 1);
  try {
    for (let i = 0; i < 2000 && fired < 3; i++) {
      expect(await verify(publicKey, utf8('x'), await sign(privateKey, utf8('x')))).toBe(true);
    }
    expect(fired).toBeGreaterThanOrEqual(3);
  } finally {
    clearInterval(timer);
  }
});
