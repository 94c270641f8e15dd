import { describe, expect, it } from 'vitest';
import { makeParties } from '../harness/parties.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import { TRAITS_2025, TRAITS_2026, openModern, withoutStreams } from './support/modern-path.js';
import type { ModernUse } from './support/modern-path.js';
import type { PathTraits } from './support/conversations.js';
import { AGAIN, CLEAN, runPath } from './support/run-path.js';
import { COUNT, RUN_TIMEOUT_MS } from './support/settings.js';

const USES: readonly (ModernUse & { readonly name: string; readonly traits: PathTraits })[] = [
  { name: 'event streams, envelopes in _meta', era: '2026', carrier: 'meta', responseMode: 'sse', traits: TRAITS_2026 },
  {
    name: 'event streams or JSON, envelopes at the top level',
    era: '2026',
    carrier: 'top-level',
    responseMode: 'auto',
    traits: TRAITS_2026,
  },
  {
    name: 'JSON alone, envelopes in _meta',
    era: '2026',
    carrier: 'meta',
    responseMode: 'json',
    traits: withoutStreams(TRAITS_2026),
  },
  { name: 'revision 2025-11-25, envelopes at the top level', era: '2025', carrier: 'top-level', traits: TRAITS_2025 },
];

/** The forms share the messages of the path. */
const EACH = Math.ceil(COUNT / USES.length);

describe.each(USES)('the wrappers round the handler of SDK 2.x: $name', ({ traits, name: _name, ...use }) => {
  it(
    `deliver ${EACH} messages as the handler alone does, and nothing else, whatever is put beside them`,
    async () => {
      const parties = await makeParties(UNLIMITED_PARTIES);
      const { verdict, messages, injected } = await runPath({
        movesCarriers: true,
        putsGoodLast: true,
        // Bytes that are no UTF-8 end an event stream, and what would have come behind them.
        flipsBits: use.responseMode === 'json',
        count: EACH,
        traits,
        openPlain: (meddler) => openModern(meddler, undefined, use),
        open: (meddler) => openModern(meddler, parties, use),
      });
      expect(verdict, AGAIN).toEqual(CLEAN);
      expect(messages).toBeGreaterThanOrEqual(EACH);
      expect(injected).toBeGreaterThan(EACH / 20);
    },
    RUN_TIMEOUT_MS,
  );

  it('tell of no error where nobody is on the way', async () => {
    const parties = await makeParties(UNLIMITED_PARTIES);
    const { verdict, errors } = await runPath({
      count: Math.ceil(EACH / 10),
      share: 0,
      traits,
      openPlain: (meddler) => openModern(meddler, undefined, use),
      open: (meddler) => openModern(meddler, parties, use),
    });
    expect(verdict, AGAIN).toEqual(CLEAN);
    expect(errors).toEqual({ client: [], server: [] });
  });
});
