import type { VerifiedPassport } from '../passport/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import type { PeerIdentity } from './types.js';

/** Who sent a message that has passed every check. */
export function peerIdentity(passport: VerifiedPassport, level: TrustLevel, session: string | undefined): PeerIdentity {
  const { name, version, capabilities } = passport.passport.agent;
  return Object.freeze({
    passportId: passport.id,
    agent: Object.freeze({ name, version, capabilities: Object.freeze([...capabilities]) }),
    level,
    standing: passport.standing,
    ...(passport.anchor === undefined ? {} : { issuer: passport.anchor.issuer }),
    authenticated: true,
    identity: passport.identity,
    publicKeyThumbprint: passport.publicKey.thumbprint,
    ...(session === undefined ? {} : { session }),
  });
}
