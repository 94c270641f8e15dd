import { acceptMessage } from '../connection/accept.js';
import type { ConnectionRules } from '../connection/accept.js';
import { peerIdentity } from '../connection/peer-identity.js';
import type { SecurityConfig } from '../connection/security-options.js';
import { checkContext } from '../connection/session-rules.js';
import type { PeerIdentity } from '../connection/types.js';
import { openEnvelope } from '../envelope/index.js';
import type { VerifiedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import type { ProfileMembers } from '../profile/index.js';

/** A message that has passed every check that needs no connection. */
export interface AcceptedSingleMessage {
  /** As the application at the other end sent it. */
  readonly message: JsonObject;
  /** With its envelope, and the key that it was verified with. */
  readonly verified: VerifiedMessage;
  readonly identity: PeerIdentity;
}

/**
 * Takes one received message through the order of checks, without a connection: for callers who are handed messages one by one, as those of the published
 * functions are. Its sender's passport comes with it, or from the `passportStore`.
 *
 * On return it is signed by the holder of a passport of the required level that is not revoked, is fresh, and was not accepted before. There is no session: nothing
 * is known of what came before it. A message that says where it belongs is held to that; one that does not, as published 1.0 signs it, is accepted only with
 * `allowPublishedPeers`, and may then have been meant for somebody else, or be an answer to another request.
 *
 * Rejects with `McpsError` with the reason of the first check that fails: `envelope_missing` for an unsigned message, whatever `requireSecurity` says; `retry_invalid`
 * for a repetition, which belongs to a connection.
 */
export async function acceptSingleMessage(received: unknown, config: SecurityConfig): Promise<AcceptedSingleMessage> {
  const opened = openEnvelope(received, { limits: config.limits });
  if (opened.carrier === 'none') throw new McpsError('envelope_missing');
  const { message, verified, passport, level } = await acceptMessage(opened, config, rulesOf(config));
  return { message, verified, identity: peerIdentity(passport, level, undefined) };
}

function rulesOf(config: SecurityConfig): ConnectionRules {
  const direction = config.role === 'client' ? 'server' : 'client';
  const audiences = [config.passport.passport_id, ...(config.role === 'server' ? config.audiences : [])];
  return {
    pinned: undefined,
    boundByHandshake: () => false,
    step: () => undefined,
    check: (_verified: VerifiedMessage, members: ProfileMembers) => {
      if (members.context === undefined && config.allowPublishedPeers && !isOfProfile(members)) return;
      checkContext(members, { direction, audiences, session: undefined });
      // A repetition is of a call in a connection, and so is the answer to one.
      if (members.retryOf !== undefined) throw new McpsError('retry_invalid');
    },
    checkStep: () => Promise.reject(new McpsError('session_unknown')),
  };
}

/** Whether a message has members that only peers send who say where their messages belong. The passport may come along with any. */
function isOfProfile({ hello, binding, re, retryOf }: ProfileMembers): boolean {
  return hello !== undefined || binding !== undefined || re !== undefined || retryOf !== undefined;
}
