import { describe, expect, it } from 'vitest';
import { makeParties } from '../harness/parties.js';
import { openInMemory } from './support/in-memory-path.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import { AGAIN, CLEAN, runPath } from './support/run-path.js';
import { COUNT, RUN_TIMEOUT_MS } from './support/settings.js';

describe('the decorator over transports in memory', () => {
  it(
    `delivers ${COUNT} messages as they were sent, and nothing else, whatever is put beside them`,
    async () => {
      const parties = await makeParties(UNLIMITED_PARTIES);
      const { verdict, messages, injected } = await runPath({
        count: COUNT,
        open: (meddler) => openInMemory(meddler, parties),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(messages).toBeGreaterThanOrEqual(COUNT);
      expect(injected).toBeGreaterThan(COUNT / 20);
    },
    RUN_TIMEOUT_MS,
  );

  it('delivers them as the transport alone does, and tells of no error, where nobody is on the way', async () => {
    const parties = await makeParties(UNLIMITED_PARTIES);
    for (const secured of [parties, undefined]) {
      const { verdict, errors } = await runPath({
        count: COUNT / 10,
        share: 0,
        open: (meddler) => openInMemory(meddler, secured),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(errors).toEqual({ client: [], server: [] });
    }
  });
});
