import { alteredBySdk } from './alterations.js';
import { makeConversations } from './conversations.js';
import type { Conversation, PathTraits } from './conversations.js';
import { converse } from './converse.js';
import type { Pace } from './converse.js';
import type { End } from './ends.js';
import { Ledger } from './ledger.js';
import type { Verdict } from './ledger.js';
import { Meddler } from './meddler.js';
import type { Meddling } from './meddler.js';
import { Random } from './random.js';
import { SEED } from './settings.js';

/** A path that is there: both ends, connected. */
export interface OpenPath {
  readonly client: End;
  readonly server: End;
  /** Resolves when everything that was put on the way has come to its end. */
  flush?(): Promise<void>;
  close(): Promise<void>;
}

/** How a path is gone along. */
export interface Run extends Meddling {
  /** Takes the path into use, with somebody on the way. */
  readonly open: (meddler: Meddler) => Promise<OpenPath>;
  /** The same path without security, where the SDK does not deliver everything as it is sent: what comes out there has to come out of the other. */
  readonly openPlain?: (meddler: Meddler) => Promise<OpenPath>;
  readonly count: number;
  readonly traits?: PathTraits;
  readonly pace?: Pace;
}

/** What came of it. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly messages: number;
  readonly delivered: number;
  /** Corrupted copies that were put on the way. */
  readonly injected: number;
  readonly refusals: number;
  readonly errors: { readonly client: readonly Error[]; readonly server: readonly Error[] };
}

function lastOf(traits: PathTraits | undefined): Conversation {
  const _meta = traits?.demanded?.(new Random(SEED));
  const request = { jsonrpc: '2.0', id: 'last', method: 'fuzz/last', ...(_meta && { params: { _meta } }) };
  const answer = { jsonrpc: '2.0', id: 'last', result: {} };
  return { from: 'client', content: { type: 'call', request, meanwhile: [], answer } };
}

/** Nothing wrong. */
export const CLEAN: Verdict = { lost: [], repeated: [], forged: [], refused: [], unsent: [] };

/** What to say where a run fails. */
export const AGAIN = `to have it again: MCPS_FUZZ_SEED=${SEED}`;

/** Holds random conversations along a path. */
export async function runPath({ open, openPlain, count, traits, pace, ...meddling }: Run): Promise<Outcome> {
  const ledger = new Ledger();
  const meddler = new Meddler(SEED, ledger, meddling);
  const written = [...makeConversations(new Random(SEED), count, traits), lastOf(traits)];
  const altered = openPlain && (await throughPlain(written, openPlain));
  const conversations = altered?.conversations ?? written;
  const path = await open(meddler);
  const ends = altered ? { client: altered.speakingFor(path.client), server: altered.speakingFor(path.server) } : path;
  try {
    meddler.begin();
    await converse(conversations.slice(0, -1), ends, ledger, pace);
    meddler.end();
    await path.flush?.();
    // Comes after everything else on its way, so that nothing else is still to come.
    await converse(conversations.slice(-1), ends, ledger, pace);
    return {
      verdict: ledger.verdict(),
      messages: ledger.messages,
      delivered: ledger.delivered,
      injected: meddler.injected,
      refusals: ledger.refusals,
      errors: { client: [...path.client.errors], server: [...path.server.errors] },
    };
  } finally {
    await path.close();
  }
}

async function throughPlain(written: readonly Conversation[], open: (meddler: Meddler) => Promise<OpenPath>) {
  const path = await open(new Meddler(SEED, new Ledger(), {}));
  try {
    return await alteredBySdk(written, path);
  } finally {
    await path.close();
  }
}
