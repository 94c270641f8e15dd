import { McpsError } from '../errors/index.js';
import type { Context, ProfileMembers } from '../profile/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import type { PeerRole } from './types.js';

/** What a message must say about where it belongs. */
export interface ExpectedContext {
  /** The direction that the peer's messages have. */
  readonly direction: PeerRole;
  /** The names we answer to. */
  readonly audiences: readonly string[];
  /** The transcript hash of the live session, or `undefined` where every message stands for itself. */
  readonly session: string | undefined;
}

/**
 * Holds a verified message to where it says it belongs, so that it cannot be relayed to another server, thrown back at its sender or carried over from
 * another session. Throws `context_missing`, `direction_reflected`, `audience_mismatch`, `session_mismatch`.
 */
export function checkContext(members: ProfileMembers, expected: ExpectedContext): Context {
  const { context } = members;
  if (context === undefined) throw new McpsError('context_missing');
  if (context.direction !== expected.direction) throw new McpsError('direction_reflected');
  if (!expected.audiences.includes(context.audience)) throw new McpsError('audience_mismatch');
  if (context.session !== expected.session) throw new McpsError('session_mismatch');
  return context;
}

/** Refuses any signer but the one that the session began with. Throws `signer_changed`. */
export function checkSigner(passport: VerifiedPassport, pinned: VerifiedPassport): void {
  if (passport.digest !== pinned.digest) throw new McpsError('signer_changed');
}

/** Refuses an answer that is not bound to the very request as it was signed. Throws `reply_unbound`, `reply_mismatch`. */
export function checkReply(members: ProfileMembers, requestDigest: string | undefined): void {
  if (members.re === undefined) throw new McpsError('reply_unbound');
  if (members.re !== requestDigest) throw new McpsError('reply_mismatch');
}

/** A call is made again at most so long after its first try was signed, milliseconds. */
export const RETRY_WITHIN_MS = 30_000;

/**
 * A repetition runs out so long before other messages of its age, milliseconds. The nonce of its first try is remembered for the window that began with that
 * one: whoever holds both back until it is forgotten could have each of them carried out. Twice the time that the sender has: signing may take a while.
 */
const RETRY_RUNS_OUT_EARLIER_MS = 2 * RETRY_WITHIN_MS;

/** What is known of a repetition, and of its receiver. */
export interface RetryFacts {
  readonly isRequest: boolean;
  readonly nonce: string;
  readonly timestampMs: number;
  readonly windowMs: number;
  readonly now: number;
}

/** Refuses a repetition that is none, or that comes too late: only a request, with its passport, for another nonce. Throws `retry_invalid`. */
export function checkRetry(members: ProfileMembers, facts: RetryFacts): void {
  if (members.retryOf === undefined) return;
  const { isRequest, nonce, timestampMs, windowMs, now } = facts;
  const isRepetition = isRequest && members.passport !== undefined && members.retryOf !== nonce;
  const isInTime = now <= timestampMs + windowMs - RETRY_RUNS_OUT_EARLIER_MS;
  if (!isRepetition || !isInTime) throw new McpsError('retry_invalid');
}
