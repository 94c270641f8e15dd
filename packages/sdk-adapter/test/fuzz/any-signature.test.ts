import type * as crypto from '@mcps/crypto';
import { expect, it, vi } from 'vitest';
import { makeParties } from '../harness/parties.js';
import { openInMemory } from './support/in-memory-path.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import { AGAIN, runPath } from './support/run-path.js';

vi.mock('@mcps/crypto', async (original) => ({
  ...(await original<typeof crypto>()),
  verify: () => Promise.resolve(true),
}));

it('the fuzz shows a receiver that takes any signature for a good one', async () => {
  const parties = await makeParties(UNLIMITED_PARTIES);
  const { verdict } = await runPath({
    count: 1_000,
    pace: { silenceMs: 1_000 },
    open: (meddler) => openInMemory(meddler, parties),
  });
  expect(verdict.forged.length, AGAIN).toBeGreaterThan(2);
});
