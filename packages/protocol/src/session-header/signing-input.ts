import { canonicalizeToBytes } from '@mcps/crypto';
import type { EnvelopeClaims } from '../revision/index.js';
import { contextBytes } from '../signing-context/index.js';
import type { SessionHeaderClaims } from './types.js';

/** The bytes that a session header's signature is over: its own members and the claims, in RFC 8785 form under the context `session-header`. */
export function signingInput(
  claims: SessionHeaderClaims,
  { passportId, nonce, timestamp }: EnvelopeClaims,
): Uint8Array {
  const { audience, session, verb, target, httpSession, lastEventId, channelBinding } = claims;
  const content = {
    audience,
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
  return contextBytes('session-header', canonicalizeToBytes(content));
}
