import type { VerifiedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import type { ProfileMembers } from '../profile/index.js';
import { isEmptyProfile } from '../profile/profile.js';
import { idOf } from './answers.js';
import { checkContext, checkReply, checkRetry } from './session-rules.js';
import type { SessionState } from './session-state.js';

/**
 * Holds a verified message to the connection it arrived on: context, number, repetition, reply binding, in this order. A published peer has none of
 * these; policy decided that it is served. What is there is checked all the same: it was signed by somebody who knows the profile, for another place.
 */
export function checkMembership(state: SessionState, verified: VerifiedMessage, members: ProfileMembers): void {
  const isPublished = servedAsPublished(state, members);
  if (!isPublished || members.context !== undefined) {
    const { peerRole: direction, audiences, sessionless } = state;
    const context = checkContext(members, { direction, audiences, session: sessionless ? undefined : state.session });
    if (context.seq !== undefined) state.guard.accept(context.seq);
  }
  const { timestampMs, envelope } = verified;
  const { now, config } = state;
  const isRequest = verified.kind === 'request';
  checkRetry(members, { isRequest, nonce: envelope.nonce, timestampMs, windowMs: config.windowMs, now });
  if (verified.kind === 'result' || verified.kind === 'error') {
    if (!isPublished || members.re !== undefined) checkReplyTo(state, verified, members);
    else checkAwaited(state, verified);
  }
}

/** Where every message stands for itself no handshake has told: there the message itself does. */
function servedAsPublished({ published, config }: SessionState, members: ProfileMembers): boolean {
  return published || (config.stateless && config.allowPublishedPeers && isEmptyProfile(members));
}

/** An answer that is bound to nothing is still one to a request of ours. */
function checkAwaited(state: SessionState, { message }: VerifiedMessage): void {
  const id = idOf(message);
  if (id === undefined || state.sent.get(id) === undefined) throw new McpsError('reply_mismatch');
}

/** Holds an answer to the request that is awaited under its id. */
export function checkReplyTo(state: SessionState, verified: VerifiedMessage, members: ProfileMembers): void {
  const id = idOf(verified.message);
  checkReply(members, id === undefined ? undefined : state.sent.get(id)?.digest);
}
