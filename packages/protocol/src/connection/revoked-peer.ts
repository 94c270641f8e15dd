import { McpsError } from '../errors/index.js';
import { refuseRevoked } from '../status/index.js';
import type { KnownRevocation } from '../status/index.js';
import { refusedReply } from './answers.js';
import type { SessionState } from './session-state.js';
import type { Incoming } from './types.js';

/** Whoever has been revoked is sent nothing any more but refusals. Throws `McpsError` `passport_revoked`, `issuer_revoked`; nothing in observe mode. */
export function checkPeerNotRevoked({ pinned, config }: SessionState): void {
  if (pinned !== undefined && !config.observe) refuseRevoked(pinned, config.revocations);
}

/**
 * What a revocation that has just become known means for a live connection: nothing, or that the application is told, and waits no longer for answers of
 * the peer, whose outcome is unknown.
 */
export function cutOff(state: SessionState, { anchor, passportId }: KnownRevocation): Incoming[] {
  const { pinned, peer, config } = state;
  if (pinned?.anchor?.issuer !== anchor || state.current === 'closed') return [];
  const ids = [pinned.id, ...pinned.chain.map((issuer) => issuer.passport.passport_id)];
  if (!ids.includes(passportId)) return [];
  const error = new McpsError(passportId === pinned.id ? 'passport_revoked' : 'issuer_revoked');
  if (peer !== undefined) {
    const type = config.observe ? 'peer.reported' : 'peer.cut-off';
    state.audit?.({ type, atMs: state.now, role: state.role, peer, code: error.code, reason: error.reason });
  }
  const report: Incoming = { type: 'report', error };
  if (config.observe) return [report];
  const unanswered = state.sent.takeIds();
  return [
    report,
    ...unanswered.map((id): Incoming => ({ type: 'deliver', message: refusedReply(id, error), identity: undefined })),
  ];
}
