import type { ErrorCode, Reason, Stage } from '../errors/index.js';
import type { JsonRpcId, MessageKind } from '../json-rpc/index.js';
import type { ToolCollision } from '../tool/index.js';
import type { TrustLevel } from '../trust-level/index.js';

/** Who an event is about: what verification has found out, and nothing of the key. */
export interface AuditPeer {
  readonly passportId: string;
  readonly agent: { readonly name: string; readonly version: string };
  readonly level: TrustLevel;
  /** The anchor's name and the passport id. */
  readonly identity: string;
}

interface EventBase {
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Which side reports it. */
  readonly role: 'client' | 'server';
}

/** What a message is about, as it says itself: of one that was refused, nothing vouches for it. */
export interface MessageFacts {
  readonly kind: MessageKind;
  readonly method: string | undefined;
  /** Of a request, or of the request that is answered. */
  readonly id?: JsonRpcId;
  /** Which tool a `tools/call` calls. */
  readonly tool?: string;
}

/** What was measured of a decision. */
interface Decision extends EventBase {
  /** `message_hash`: SHA-256 over the RFC 8785 form of the message as signed, lower-case hex; absent for a message without an envelope that could be read. */
  readonly messageHash?: string;
  /** How long the checks took, milliseconds. */
  readonly latencyMs: number;
}

/** A message that passed every check. */
export interface MessageAccepted extends Decision, MessageFacts {
  readonly type: 'message.accepted';
  readonly peer: AuditPeer;
}

/** A message without an envelope that policy let in. */
export interface MessageUnsigned extends Decision, MessageFacts {
  readonly type: 'message.unsigned';
}

/** A message that was refused; `message.reported` where observe mode let it pass. */
export interface MessageRefused extends Decision, Partial<MessageFacts> {
  readonly type: 'message.refused' | 'message.reported';
  readonly code: ErrorCode;
  readonly reason: Reason;
  readonly stage: Stage;
  /** The passport id that the envelope claims. Nothing vouches for it. */
  readonly claimedPassportId?: string;
}

/** A request without a body, over HTTP, that passed every check. */
export interface RequestAccepted extends EventBase {
  readonly type: 'request.accepted';
  readonly peer: AuditPeer;
  /** `GET` or `DELETE`. */
  readonly verb: string;
}

/** A request without a body that was refused; `request.reported` where observe mode let it pass. */
export interface RequestRefused extends EventBase {
  readonly type: 'request.refused' | 'request.reported';
  readonly code: ErrorCode;
  readonly reason: Reason;
  readonly stage: Stage;
  readonly verb: string;
}

/** A peer whose passport, or one above it, has been revoked while it was connected; `peer.reported` where observe mode lets it go on. */
export interface PeerCutOff extends EventBase {
  readonly type: 'peer.cut-off' | 'peer.reported';
  readonly peer: AuditPeer;
  readonly code: ErrorCode;
  readonly reason: Reason;
}

/** A handshake that both sides have proved. */
export interface SessionEstablished extends EventBase {
  readonly type: 'session.established';
  readonly peer: AuditPeer;
  /** Transcript hash, lower-case hex; absent where there is no session. */
  readonly session: string | undefined;
}

/** A message that was sent in this session and never came. */
export interface SequenceLost extends EventBase {
  readonly type: 'sequence.lost';
  readonly session: string | undefined;
  readonly sequence: number;
}

/** A tool whose signature was verified, or why it or a whole list was not accepted; `tool.reported` where observe mode let it pass. */
export interface ToolJudged extends EventBase {
  readonly type: 'tool.verified' | 'tool.refused' | 'tool.reported' | 'tool.collision';
  /** Identity of the server that listed it. */
  readonly server: string;
  /** Its name; absent where the whole list is meant. */
  readonly tool?: string;
  readonly reason?: Reason;
  /** Which tool it may be taken for, of a collision. */
  readonly collision?: Pick<ToolCollision, 'kind' | 'otherServer' | 'otherName'>;
}

/** What MCPS tells about its decisions. No event holds the content of a message, or a key. */
export type AuditEvent =
  | MessageAccepted
  | MessageUnsigned
  | MessageRefused
  | RequestAccepted
  | RequestRefused
  | PeerCutOff
  | SessionEstablished
  | SequenceLost
  | ToolJudged;

/** Is told of every decision. */
export type AuditSink = (event: AuditEvent) => void;
