import { absolutesOf, compared } from '../harness/budget.js';
import type { Absolute, Budget, Measured, Measurement } from '../harness/budget.js';
import { runProgram } from '../harness/child.js';
import { Contest } from '../harness/contest.js';
import type { Contestant } from '../harness/contestant.js';
import { estimate, median } from '../harness/statistics.js';
import type { Bound } from '../harness/verdict.js';
import type { FilledStore } from '../programs/fill-store.js';
import { STORE_NAMES, createStore } from '../stores/create-store.js';
import type { StoreName } from '../stores/create-store.js';
import { NonceTraffic, consumeAll } from '../workloads/nonce-traffic.js';

const MOONSHOT_HELD = 10_000_000;

/** Budget 3: time, memory and interruptions of remembering nonces. */
export const replayStore: Budget = {
  name: 'replay-store',
  title: 'Remembering nonces',
  measure: async ({ quick, plan }) => {
    const held = quick ? 20_000 : 1_000_000;
    const contest = await Contest.hold(
      STORE_NAMES.map((name) => filledStore(name, held)),
      plan,
    );
    const what = `consume, ${inWords(held)} held`;
    const filled = await fillInTurn(held, quick ? 1 : 5);
    const parts: Measured[] = [
      {
        measurements: [
          compared(contest, what, 'Map', 'MCPS', { kind: 'at least', limit: 2.5 }),
          compared(contest, what, 'Map', 'two Sets'),
        ],
        absolutes: absolutesOf(contest, what),
      },
      compareFilled(filled, `bytes a nonce, ${inWords(held)} held`, 'bytesPerNonce', 'bytes', 0.45),
      compareFilled(filled, `longest call, ${inWords(held)} held`, 'worstStallNs', 'ns', 0.1),
    ];
    if (!quick) parts.push(await moonshot(filled.get('Map') ?? []));
    return {
      measurements: parts.flatMap(({ measurements }) => measurements),
      absolutes: parts.flatMap(({ absolutes }) => absolutes),
    };
  },
};

/** A store that holds its nonces already; each further one takes the place of one that has expired. */
function filledStore(name: StoreName, held: number): Contestant {
  const store = createStore(name, held);
  const traffic = new NonceTraffic(held);
  for (const part of traffic.next(held)) consumeAll(store, part);
  return {
    name,
    run: async (operations, watch) => {
      for (const part of traffic.next(operations)) {
        watch.time(() => {
          consumeAll(store, part);
        });
      }
    },
  };
}

/** Fills each store in a process of its own, and passes as many nonces again through it; all of them, so many times, in turn. */
async function fillInTurn(held: number, rounds: number): Promise<Map<StoreName, FilledStore[]>> {
  const filled = new Map<StoreName, FilledStore[]>(STORE_NAMES.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, runs] of filled) runs.push(await fill(name, held, held));
  }
  return filled;
}

async function fill(name: StoreName, held: number, further: number): Promise<FilledStore> {
  return (await runProgram('fill-store', [name, String(held), String(further)], ['--expose-gc'])) as FilledStore;
}

function compareFilled(
  filled: ReadonlyMap<StoreName, readonly FilledStore[]>,
  what: string,
  property: keyof FilledStore,
  unit: Absolute['unit'],
  limit: number,
): Measured {
  const valuesOf = (name: StoreName): number[] => (filled.get(name) ?? []).map((run) => run[property]);
  const reference = 'Map';
  const references = valuesOf(reference);
  const measurement = (subject: StoreName, bound?: Bound): Measurement => {
    const ratio = estimate(valuesOf(subject).map((value, round) => value / (references[round] ?? NaN)));
    return { what, subject, reference, ratio, ...(bound === undefined ? {} : { bound }) };
  };
  return {
    measurements: [measurement('MCPS', { kind: 'at most', limit }), measurement('two Sets')],
    absolutes: STORE_NAMES.map((name) => ({ what, name, median: median(valuesOf(name)), unit })),
  };
}

/** How the store stands it to hold ten times as much; the others break down before they hold twice that. */
async function moonshot(map: readonly FilledStore[]): Promise<Measured> {
  const many = await fill('MCPS', MOONSHOT_HELD, 0);
  const what = `longest call, ${inWords(MOONSHOT_HELD)} held`;
  return {
    measurements: [
      {
        what,
        subject: 'MCPS',
        reference: 'Map at a tenth',
        ratio: estimate(map.map(({ worstStallNs }) => many.worstStallNs / worstStallNs)),
      },
    ],
    absolutes: [
      { what, name: 'MCPS', median: many.worstStallNs, unit: 'ns' },
      {
        what: `bytes a nonce, ${inWords(MOONSHOT_HELD)} held`,
        name: 'MCPS',
        median: many.bytesPerNonce,
        unit: 'bytes',
      },
    ],
  };
}

function inWords(count: number): string {
  return count >= 1_000_000 ? `${count / 1_000_000} M` : `${count / 1000} k`;
}
