import type { UnsignedMessage } from '../envelope/index.js';
import { McpsError } from '../errors/index.js';
import { hasReservedMember } from '../profile/index.js';
import type { SecurityConfig } from './security-options.js';
import { cancelledIdOf, idOf } from './answers.js';
import type { SessionState } from './session-state.js';
import type { Incoming } from './types.js';

/**
 * Whether policy lets an unsigned message in. Throws `envelope_missing` where security is required, `level_insufficient` where it is not but a level
 * is, and `reserved_member` for a message that has lost its envelope but not the rest of what belongs to it.
 */
export function checkPlainAllowed(config: SecurityConfig, unsigned: UnsignedMessage): void {
  if (config.requireSecurity) throw new McpsError('envelope_missing');
  if (config.minTrustLevel > 0) throw new McpsError('level_insufficient');
  if (hasReservedMember(unsigned.message, unsigned.kind)) throw new McpsError('reserved_member');
}

/** Delivers an unsigned message at level 0, without an identity. */
export function acceptPlain(state: SessionState, unsigned: UnsignedMessage): Incoming[] {
  const id = idOf(unsigned.message);
  state.peerCarrier = 'meta';
  if (unsigned.kind === 'request' && id !== undefined)
    state.received.set(id, { digest: undefined, carrier: 'meta', carriedPassport: false });
  const cancelled = unsigned.kind === 'notification' ? cancelledIdOf(unsigned.message) : undefined;
  if (cancelled !== undefined) state.received.abandon(cancelled);
  return [{ type: 'deliver', message: unsigned.message, identity: undefined }];
}
