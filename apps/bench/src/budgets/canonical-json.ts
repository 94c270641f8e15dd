import { canonicalize as mcps, canonicalizeToBytes } from '@mcps/crypto';
import type { JsonObject } from '@mcps/protocol';
import canonicalize from 'canonicalize';
import { compared, absolutesOf } from '../harness/budget.js';
import type { Budget, Measured } from '../harness/budget.js';
import { Contest } from '../harness/contest.js';
import type { Plan } from '../harness/contest.js';
import type { Contestant } from '../harness/contestant.js';
import { deepData, longText, longWideText, toolsList } from '../workloads/documents.js';
import { smallCall } from '../workloads/messages.js';

interface Case {
  readonly what: string;
  readonly document: JsonObject;
  /** Most that RFC 8785 may take, by the time of JSON.stringify. */
  readonly most?: number;
  /** How much faster than the package `canonicalize` at least. */
  readonly faster?: number;
}

const CASES: readonly Case[] = [
  { what: 'call, 250 B', document: smallCall(0), most: 2, faster: 2 },
  { what: 'tools list, 45 KB', document: toolsList(), most: 2.5, faster: 2.4 },
  { what: 'long text, 1 MB', document: longText(), most: 1.4 },
  { what: 'long text beyond Latin-1', document: longWideText() },
  { what: 'deep data, 1 MB', document: deepData(), most: 2.5 },
];

/** Budget 2: what canonical JSON costs beyond JSON. */
export const canonicalJson: Budget = {
  name: 'canonical-json',
  title: 'Canonical JSON (RFC 8785)',
  measure: async ({ plan }) => {
    const parts: Measured[] = [];
    for (const each of CASES) parts.push(await measure(each, plan));
    return {
      measurements: parts.flatMap(({ measurements }) => measurements),
      absolutes: parts.flatMap(({ absolutes }) => absolutes),
    };
  },
};

async function measure({ what, document, most, faster }: Case, plan: Plan): Promise<Measured> {
  const json = JSON.stringify(document);
  const contest = await Contest.hold(
    [
      writer('JSON.stringify', json, JSON.stringify),
      writer('MCPS', json, mcps),
      writer('MCPS, bytes', json, canonicalizeToBytes),
      writer('canonicalize', json, canonicalize),
    ],
    plan,
  );
  return {
    measurements: [
      compared(
        contest,
        what,
        'MCPS',
        'JSON.stringify',
        most === undefined ? undefined : { kind: 'at most', limit: most },
      ),
      compared(
        contest,
        what,
        'canonicalize',
        'MCPS',
        faster === undefined ? undefined : { kind: 'at least', limit: faster },
      ),
      compared(contest, what, 'MCPS, bytes', 'JSON.stringify'),
      compared(contest, what, 'canonicalize', 'JSON.stringify'),
    ],
    absolutes: absolutesOf(contest, what),
  };
}

/** Documents that are parsed ahead of the clock together. More would no longer lie in the caches when their turn comes. */
const AHEAD_CHARACTERS = 256 * 1024;

/** Writes documents as they come from JSON.parse, each of them once: no writer may live on what it remembers of it. */
function writer(
  name: string,
  json: string,
  write: (value: JsonObject) => { readonly length: number } | undefined,
): Contestant {
  const mostAhead = Math.max(1, Math.floor(AHEAD_CHARACTERS / json.length));
  return {
    name,
    run: async (operations, watch) => {
      let length = 0;
      for (let left = operations; left > 0; left -= mostAhead) {
        const documents = Array.from({ length: Math.min(left, mostAhead) }, () => JSON.parse(json) as JsonObject);
        watch.time(() => {
          for (const document of documents) length += write(document)?.length ?? 0;
        });
      }
      if (length < operations * json.length) throw new Error(`${name} has left something out`);
    },
  };
}
