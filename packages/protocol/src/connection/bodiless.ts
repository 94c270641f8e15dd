import { ConfigurationError, McpsError } from '../errors/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import { readSessionHeader, signSessionHeader, verifySessionHeader } from '../session-header/index.js';
import type { BodilessRequest, SessionHeaderClaims } from '../session-header/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import { admit, checkFloor, checkTime, stillValid } from './admission.js';
import { checkPeerNotRevoked } from './revoked-peer.js';
import type { SessionState } from './session-state.js';

/** A request without a body, admitted: who made it, and at which level. */
export interface AdmittedRequest {
  readonly passport: VerifiedPassport;
  readonly level: TrustLevel;
}

/**
 * The value of the header that authenticates a request without a body; `undefined` where there is no session that it could belong to, or a published peer who
 * knows no such header.
 *
 * Rejects with `ConfigurationError` `option_invalid` at a server, and as `signSessionHeader` does.
 */
export async function signBodiless(state: SessionState, request: BodilessRequest): Promise<string | undefined> {
  const { session, pinned, config } = state;
  if (state.role !== 'client')
    throw new ConfigurationError('option_invalid', 'Only a client sends requests without a body');
  checkPeerNotRevoked(state);
  if (state.current !== 'established' || session === undefined || pinned === undefined) return undefined;
  const { passport, key, clock } = config;
  const claims = claimsOf(state, request, pinned.id, session);
  return signSessionHeader(claims, { passportId: passport.passport_id, key, clock });
}

/**
 * Takes a request without a body through the order of checks. Returns `undefined` where policy lets it in without a header: from a peer without MCPS, or one
 * that speaks published 1.0. A header that is there is never passed over.
 *
 * Throws `McpsError` with the reason of the first check that fails.
 */
export async function acceptBodiless(
  state: SessionState,
  header: string | undefined,
  request: BodilessRequest,
): Promise<AdmittedRequest | undefined> {
  const { config, pinned, session } = state;
  if (header === undefined) {
    if (state.current === 'plain' || (state.current === 'established' && state.published)) return undefined;
    throw new McpsError('envelope_missing');
  }
  const envelope = readSessionHeader(header);
  const now = config.clock();
  const timestampMs = checkTime(envelope, config, now);
  checkFloor(timestampMs, config, now);
  if (session === undefined || pinned === undefined) throw new McpsError('session_unknown');
  // There is one key that may sign for a session: nobody else's passport is looked for.
  if (envelope.passportId !== pinned.id) throw new McpsError('passport_id_mismatch');
  const passport = stillValid(pinned, config, now);
  const claims = claimsOf(state, request, config.passport.passport_id, session);
  const { requireLowS } = config;
  const verified = await verifySessionHeader(envelope, claims, { publicKey: passport.publicKey, requireLowS });
  if (state.current !== 'established') throw new McpsError('binding_pending');
  const { nonce } = verified;
  const { version } = envelope;
  const candidate = { version, nonce, retryOf: undefined, timestampMs, staple: undefined, boundByHandshake: false };
  return { passport, level: await admit(candidate, passport, config, now) };
}

function claimsOf(
  state: SessionState,
  request: BodilessRequest,
  audience: string,
  session: string,
): SessionHeaderClaims {
  const { verb, target, httpSession, lastEventId } = request;
  const { channelBinding } = state.config;
  return { verb, target, httpSession, lastEventId, audience, session, channelBinding };
}
