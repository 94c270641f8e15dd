import type { Revision } from '../suite/run-suite.js';

/** A scenario that cannot come out the same through a secured hop, and why. */
export interface Difference {
  readonly hop: 'wrappers' | 'decorator';
  readonly line: string;
  readonly revision: Revision;
  readonly scenario: string;
  readonly reason: string;
}

/** All of them. The tests hold every other scenario to equality, and find those here that have become equal. */
export const differences: readonly Difference[] = [
  {
    hop: 'decorator',
    line: '1.x',
    revision: '2025-11-25',
    scenario: 'server-sse-polling',
    reason:
      'Streams are resumed from a store of events, and what a store below the decorator keeps is signed already: the decorator refuses the store, so nothing is resumed. The wrappers sign what a store replays.',
  },
];
