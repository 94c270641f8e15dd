import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, Refused } from './agent.js';

/** A cut-off that takes longer has failed. */
export const CUT_OFF_LIMIT_MS = 2_000;
const CALLS_BEFORE = 10;
const CALLS_AFTER = 10;
/** Between two calls of an agent: both agents, the bank and its ear for the authority share one thread. */
const PAUSE_MS = 2;

/** How an agent was cut off while two of them were calling. Times are counted from the moment when the revocation was requested. */
export interface CutOff {
  /** Calls of the agent that were answered before it was revoked. */
  readonly answeredBefore: number;
  /** When the authority had confirmed the revocation. */
  readonly confirmedAfterMs: number;
  /** When the bank had heard of it and ended the running session; absent where it never did. */
  readonly heardAfterMs?: number;
  /** When the agent was told for the first time that it is refused, and how; absent where it was not within the limit. */
  readonly refusedAfterMs?: number;
  readonly refused?: Refused;
  /** Calls that were answered between the request and the refusal. */
  readonly answeredMeanwhile: number;
  /** Calls that the agent has made after it was told, and those of them that were answered or carried out all the same. */
  readonly callsAfter: number;
  readonly gotThrough: number;
  /** Calls of the agent that the server itself has refused. */
  readonly refusedByServer: number;
  /** The other agent, from the request on until the last of these calls. */
  readonly other: { readonly calls: number; readonly answered: number };
}

/** Somebody who calls. */
type Caller = Pick<Agent, 'calls' | 'call' | 'carriedOutAfter'>;

/** Who takes part. */
export interface CutOffParties {
  readonly agent: Caller;
  readonly other: Caller;
  /** Has the authority revoke the agent. */
  revoke(): Promise<void>;
  /** When the bank has ended a session, by `performance.now()`. */
  heardAtMs(): number | undefined;
  /** How many messages of the agent the bank has refused. */
  refusedByServer(): number;
}

/** Lets both agents call without a break, revokes one of them in the middle, and watches until it has been refused and has gone on trying for a while. */
export async function cutOffInMidSession({ agent, other, ...parties }: CutOffParties): Promise<CutOff> {
  let finished = false;
  const answeredBefore = await countAnswered(agent, CALLS_BEFORE);
  await countAnswered(other, CALLS_BEFORE);
  const requestedAtMs = performance.now();
  const since = (atMs: number): number => Math.round((atMs - requestedAtMs) * 10) / 10;
  const confirmed = parties.revoke().then(() => since(performance.now()));
  const othersCalls = callUntil(other, () => finished);
  // Both are awaited below; until then nobody else is to be alarmed where they fail.
  for (const underWay of [confirmed, othersCalls]) underWay.catch(() => undefined);
  try {
    const { refused, refusedAtMs, answered } = await callUntilRefused(agent, requestedAtMs + CUT_OFF_LIMIT_MS);
    const told = agent.calls;
    // Where nothing has been refused, there is nothing to go on after.
    const answeredAfter = refused === undefined ? 0 : await countAnswered(agent, CALLS_AFTER);
    const confirmedAfterMs = await confirmed;
    finished = true;
    const heard = parties.heardAtMs();
    return {
      answeredBefore,
      confirmedAfterMs,
      ...(heard === undefined ? {} : { heardAfterMs: since(heard) }),
      ...(refused === undefined ? {} : { refused, refusedAfterMs: since(refusedAtMs) }),
      answeredMeanwhile: answered,
      callsAfter: agent.calls - told,
      gotThrough: Math.max(answeredAfter, agent.carriedOutAfter(told)),
      refusedByServer: parties.refusedByServer(),
      other: await othersCalls,
    };
  } finally {
    finished = true;
    await Promise.allSettled([confirmed, othersCalls]);
  }
}

async function callUntilRefused(
  agent: Caller,
  limitMs: number,
): Promise<{ readonly refused?: Refused; readonly refusedAtMs: number; readonly answered: number }> {
  let answered = 0;
  while (performance.now() < limitMs) {
    const outcome = await agent.call();
    if ('refused' in outcome) return { refused: outcome.refused, refusedAtMs: performance.now(), answered };
    answered += 1;
    await sleep(PAUSE_MS);
  }
  return { refusedAtMs: limitMs, answered };
}

async function callUntil(agent: Caller, isOver: () => boolean): Promise<{ calls: number; answered: number }> {
  let [calls, answered] = [0, 0];
  while (!isOver()) {
    calls += 1;
    answered += await countAnswered(agent, 1);
  }
  return { calls, answered };
}

async function countAnswered(agent: Caller, calls: number): Promise<number> {
  let answered = 0;
  for (let count = 0; count < calls; count += 1) {
    if ('answer' in (await agent.call())) answered += 1;
    await sleep(PAUSE_MS);
  }
  return answered;
}
