import { canonicalizeToBytes, isWellFormed } from '@mcps/crypto';
import type { EnvelopeClaims } from '../revision/index.js';
import { contextBytes } from '../signing-context/index.js';
import type { SessionHeaderClaims } from './types.js';

/**
 * The bytes that a session header's signature is over: its own members and the claims, in RFC 8785 form under the context `session-header`. `undefined` for
 * claims with half of a surrogate pair in them, which have no such bytes.
 */
export function signingInput(
  claims: SessionHeaderClaims,
  { passportId, nonce, timestamp }: EnvelopeClaims,
): Uint8Array | undefined {
  const { audience, session, verb, target, httpSession, lastEventId, channelBinding } = claims;
  const content = {
    audience,
    // An empty value and none are two requests: what is absent is an absent member.
    ...(channelBinding === undefined ? {} : { channel_binding: channelBinding }),
    ...(httpSession === undefined ? {} : { http_session: httpSession }),
    ...(lastEventId === undefined ? {} : { last_event_id: lastEventId }),
    nonce,
    passport_id: passportId,
    session,
    target,
    timestamp,
    verb,
  };
  if (!Object.values(content).every(isWellFormed)) return undefined;
  return contextBytes('session-header', canonicalizeToBytes(content));
}
