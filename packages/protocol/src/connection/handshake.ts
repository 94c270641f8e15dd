import type { UnsignedMessage, UnverifiedMessage } from '../envelope/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import type { ProfileMembers } from '../profile/index.js';
import type { AcceptedMessage, ConnectionRules, HandshakeStep } from './accept.js';
import type { Incoming } from './types.js';

/** What becomes of a message of our application: signed, sent as it is, or kept until the handshake is done. */
export type Route = 'sign' | 'handshake' | 'plain' | 'hold';

/** What an accepted message leads to. */
export interface Transition {
  /** What to deliver. */
  readonly message: JsonObject;
  /** What else to do afterwards. */
  readonly then: readonly Incoming[];
  /** This message completed the handshake. */
  readonly established: boolean;
}

/** The part of a connection in which client and server differ. */
export interface Handshake extends ConnectionRules {
  /** What to do with an outbound message in the present state. May move the state on. */
  route(message: JsonObject, kind: MessageKind): Route;
  /** Signs the message of ours that takes part in the handshake. */
  sign(message: JsonObject, kind: MessageKind): Promise<JsonObject>;
  /** Whether a message of ours must carry our binding. */
  bindingDue(message: JsonObject, kind: MessageKind): boolean;
  /** Our binding, for the message that must carry it. */
  binding(): Promise<ProfileMembers>;
  /** Notes that a message which is no step of the handshake has passed every check; returns what to deliver. */
  accepted(accepted: AcceptedMessage): JsonObject;
  /** Moves the state on after a step of the handshake has passed every check; returns the message to deliver and what else to do. */
  acceptedStep(step: HandshakeStep, accepted: AcceptedMessage): Promise<Transition>;
  /** Decides on a message without an envelope. Throws `McpsError` to refuse it. */
  acceptUnsigned(unsigned: UnsignedMessage): Promise<readonly Incoming[]>;
  /** Notes that a message has been refused; returns whether this ends the connection. */
  refused(received: JsonObject, kind: MessageKind): boolean;
  /** Observe mode: goes on with a handshake message that was refused. */
  observed(unverified: UnverifiedMessage, members: ProfileMembers): void;
}
