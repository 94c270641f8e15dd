export { cancelledIdOf } from './answers.js';
export { EXTENSION_ID } from './capability.js';
export { createConnection } from './create-connection.js';
export { claimsModernEra } from './era.js';
export { MemoryKnownPeers } from './known-peers.js';
export type { KnownPeers } from './known-peers.js';
export { SequenceGuard } from './sequence.js';
export { checkContext, checkReply } from './session-rules.js';
export type { ExpectedContext } from './session-rules.js';
export { SECURITY_OPTION_NAMES, resolveSecurity } from './resolve-security.js';
export type { SecurityConfig, SecurityOptions } from './security-options.js';
export type { ConnectionOptions } from './session-state.js';
export type {
  Answer,
  Connection,
  ConnectionSnapshot,
  ConnectionState,
  Delivery,
  Incoming,
  Outgoing,
  PeerIdentity,
  PeerRole,
} from './types.js';
