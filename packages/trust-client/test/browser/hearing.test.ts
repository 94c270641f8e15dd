import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hearing } from '../../src/feed/hearing.js';

const beat = (epoch: number, era = 1) => ({ era, epoch, isRevocation: false });
const revocation = (epoch: number, era = 1) => ({ era, epoch, isRevocation: true });

describe('what has been heard', () => {
  it('is nothing before the first event, and not all before the first list', () => {
    const hearing = new Hearing();
    expect([hearing.position, hearing.isComplete]).toEqual([undefined, false]);
    expect(hearing.take(beat(5))).toBe('gap');
    expect([hearing.position, hearing.isComplete, hearing.neededEpoch]).toEqual([{ era: 1, epoch: 5 }, false, 5]);
    hearing.listed(4);
    expect(hearing.isComplete).toBe(false);
    hearing.listed(5);
    expect(hearing.isComplete).toBe(true);
  });

  it('goes on with each revocation, one after the other', () => {
    const hearing = new Hearing();
    hearing.take(beat(0));
    hearing.listed(0);
    expect([revocation(1), revocation(2), beat(2), beat(2), revocation(3)].map((event) => hearing.take(event))).toEqual(
      ['next', 'next', 'next', 'next', 'next'],
    );
    expect(hearing.isComplete).toBe(true);
  });

  it.each([
    ['a revocation is missing before another', revocation(2), 1],
    ['a sign of life tells of one', beat(1), 1],
  ])('has a gap where %s, until a list has them', (_title, event, needed) => {
    const hearing = new Hearing();
    hearing.take(beat(0));
    hearing.listed(0);
    expect(hearing.take(event)).toBe('gap');
    expect([hearing.isComplete, hearing.neededEpoch]).toEqual([false, needed]);
    // What comes meanwhile does not fill it.
    hearing.take(revocation(event.epoch + 1));
    expect(hearing.isComplete).toBe(false);
    hearing.listed(needed - 1);
    expect(hearing.isComplete).toBe(false);
    hearing.listed(needed);
    expect(hearing.isComplete).toBe(true);
  });

  it('is not taken back by older events', () => {
    const hearing = new Hearing();
    hearing.take(beat(7));
    hearing.listed(7);
    expect([beat(6), revocation(7), revocation(3), beat(9, 0)].map((event) => hearing.take(event))).toEqual([
      'old',
      'old',
      'old',
      'old',
    ]);
    expect([hearing.position, hearing.isComplete]).toEqual([{ era: 1, epoch: 7 }, true]);
  });

  it('has a gap where another era begins', () => {
    const hearing = new Hearing();
    hearing.take(beat(7));
    hearing.listed(7);
    expect(hearing.take(revocation(8, 2))).toBe('gap');
    // The list of the era before says nothing of this one.
    expect([hearing.isComplete, hearing.neededEpoch]).toEqual([false, 7]);
    hearing.listed(8);
    expect(hearing.isComplete).toBe(true);
    expect(hearing.take(beat(11, 3))).toBe('gap');
    expect([hearing.isComplete, hearing.neededEpoch]).toEqual([false, 11]);
  });

  it('is complete only if every revocation has been heard or listed, whatever is lost on the way', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('revoke' as const), lost: fc.boolean() }),
      fc.record({ kind: fc.constant('beat' as const), lost: fc.boolean() }),
      fc.record({ kind: fc.constant('list' as const), lag: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const hearing = new Hearing();
        const known = new Set<number>();
        let epoch = 0;
        let heardTo = 0;
        for (const one of steps) {
          if (one.kind === 'list') {
            const listed = Math.max(0, epoch - one.lag);
            for (let i = 1; i <= listed; i++) known.add(i);
            hearing.listed(listed);
          } else {
            if (one.kind === 'revoke') epoch += 1;
            if (!one.lost) {
              if (one.kind === 'revoke') known.add(epoch);
              hearing.take(one.kind === 'revoke' ? revocation(epoch) : beat(epoch));
              heardTo = epoch;
            }
          }
          if (!hearing.isComplete) continue;
          for (let i = 1; i <= heardTo; i++) expect(known.has(i)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
