export type {
  AuditEvent,
  AuditPeer,
  AuditSink,
  MessageAccepted,
  MessageFacts,
  MessageRefused,
  MessageUnsigned,
  PeerCutOff,
  RequestAccepted,
  RequestRefused,
  SequenceLost,
  SessionEstablished,
  ToolJudged,
} from './audit-event.js';
export { shieldAudit } from './shield-audit.js';
