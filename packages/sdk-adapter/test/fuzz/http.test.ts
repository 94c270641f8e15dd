import { describe, expect, it } from 'vitest';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { openDecoratedHttp, openWrappedHttp } from './support/http-paths.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import type { Meddler, Meddling } from './support/meddler.js';
import { AGAIN, CLEAN, runPath } from './support/run-path.js';
import type { OpenPath } from './support/run-path.js';
import { COUNT, RUN_TIMEOUT_MS } from './support/settings.js';

interface HttpPath extends Meddling {
  readonly name: string;
  readonly open: (meddler: Meddler, parties: Parties | undefined) => Promise<OpenPath>;
}

const PATHS: readonly HttpPath[] = [
  { name: 'the decorator over Streamable HTTP of SDK 1.x', open: openDecoratedHttp, keepsIds: true, flipsBits: true },
  {
    name: 'the wrappers round the web-standard transport of SDK 1.x, envelopes in _meta',
    open: (meddler, parties) => openWrappedHttp(meddler, parties, 'meta'),
    movesCarriers: true,
  },
  {
    name: 'the wrappers round the web-standard transport of SDK 1.x, envelopes at the top level',
    open: (meddler, parties) => openWrappedHttp(meddler, parties, 'top-level'),
    movesCarriers: true,
  },
];

describe.each(PATHS)('$name', ({ open, name: _name, ...meddling }) => {
  it(
    `deliver ${COUNT} messages as they were sent, and nothing else, whatever is put beside them`,
    async () => {
      const parties = await makeParties(UNLIMITED_PARTIES);
      const { verdict, messages, injected } = await runPath({
        ...meddling,
        putsGoodLast: true,
        count: COUNT,
        open: (meddler) => open(meddler, parties),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(messages).toBeGreaterThanOrEqual(COUNT);
      expect(injected).toBeGreaterThan(COUNT / 20);
    },
    RUN_TIMEOUT_MS,
  );

  it('deliver them as the transport alone does, and tell of no error, where nobody is on the way', async () => {
    const parties = await makeParties(UNLIMITED_PARTIES);
    for (const secured of [parties, undefined]) {
      const { verdict, errors } = await runPath({
        count: COUNT / 10,
        share: 0,
        open: (meddler) => open(meddler, secured),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(errors).toEqual({ client: [], server: [] });
    }
  });
});
