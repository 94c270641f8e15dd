import { SUITES } from '@mcps/vectors';
import type { SuiteName } from '@mcps/vectors';
import { describe, expect, it } from 'vitest';
import { ARTEFACT_SUITES } from './artefact-suites.js';
import { AUTHORITY_SUITES } from './authority-suites.js';
import { MESSAGE_SUITES } from './message-suites.js';
import { outcomeOf } from './run.js';

const RUNNERS = { ...MESSAGE_SUITES, ...ARTEFACT_SUITES, ...AUTHORITY_SUITES };

for (const [name, run] of Object.entries(RUNNERS)) {
  describe(`vectors: ${name}`, () => {
    for (const { id, title, input, expect: expected } of SUITES[name as SuiteName].vectors) {
      it(`${id}: ${title}`, async () => {
        expect(await outcomeOf(() => run(input))).toEqual(expected);
      });
    }
  });
}

describe('vectors', () => {
  it('of this package are all run', () => {
    const own = Object.values(SUITES).filter(({ layer }) => layer === 'protocol');
    expect(Object.keys(RUNNERS).sort()).toEqual(own.map(({ suite }) => suite).sort());
  });
});
