import { describe, expect, it } from 'vitest';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { openInMemory } from './support/in-memory-path.js';
import { UNLIMITED } from './support/limits.js';
import { AGAIN, runPath } from './support/run-path.js';
import type { Outcome } from './support/run-path.js';

const OBSERVING = { ...UNLIMITED, mode: 'observe' } as const;

const meddledWith = (parties: Parties | undefined): Promise<Outcome> =>
  runPath({ count: 1_000, pace: { silenceMs: 1_000 }, open: (meddler) => openInMemory(meddler, parties) });

describe('what the fuzz is for', () => {
  it('shows where nothing is secured: what was changed and what was repeated is delivered', async () => {
    const { verdict } = await meddledWith(undefined);
    expect(verdict.forged.length, AGAIN).toBeGreaterThan(2);
    expect(verdict.repeated.length, AGAIN).toBeGreaterThan(2);
  });

  it.each([
    { end: 'server', directions: ['toServer'] },
    { end: 'client', directions: ['toClient'] },
  ])('shows where the $end verifies, and refuses nothing', async ({ end, directions }) => {
    const { verdict } = await meddledWith(
      await makeParties({ client: UNLIMITED, server: UNLIMITED, [end]: OBSERVING }),
    );
    expect(verdict.forged.length, AGAIN).toBeGreaterThan(2);
    expect(verdict.repeated.length, AGAIN).toBeGreaterThan(2);
    const reached = new Set([...verdict.forged, ...verdict.repeated].map((text) => text.split(' ', 1)[0]));
    expect([...reached]).toEqual(directions);
  });
});
