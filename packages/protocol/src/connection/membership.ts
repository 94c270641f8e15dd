import type { VerifiedMessage } from '../envelope/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { idOf } from './answers.js';
import { checkContext, checkReply, checkRetry } from './session-rules.js';
import type { SessionState } from './session-state.js';

/**
 * Holds a verified message to the connection it arrived on: context, number, repetition, reply binding, in this order. A published peer has none of
 * these; policy decided that it is served.
 */
export function checkMembership(state: SessionState, verified: VerifiedMessage, members: ProfileMembers): void {
  if (!state.published) {
    const { peerRole: direction, audiences, sessionless } = state;
    const context = checkContext(members, { direction, audiences, session: sessionless ? undefined : state.session });
    if (context.seq !== undefined) state.guard.accept(context.seq);
  }
  const { timestampMs, envelope } = verified;
  const { now, config } = state;
  const isRequest = verified.kind === 'request';
  checkRetry(members, { isRequest, nonce: envelope.nonce, timestampMs, windowMs: config.windowMs, now });
  if (verified.kind === 'result' || verified.kind === 'error') {
    if (!state.published || members.re !== undefined) checkReplyTo(state, verified, members);
  }
}

/** Holds an answer to the request that is awaited under its id. */
export function checkReplyTo(state: SessionState, verified: VerifiedMessage, members: ProfileMembers): void {
  const id = idOf(verified.message);
  checkReply(members, id === undefined ? undefined : state.sent.get(id)?.digest);
}
