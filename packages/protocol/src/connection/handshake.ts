import type { UnsignedMessage, VerifiedMessage, UnverifiedMessage } from '../envelope/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import type { VerifiedPassport } from '../passport/index.js';
import type { ProfileMembers } from '../profile/index.js';
import type { AcceptedMessage } from './accept.js';
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
export interface Handshake {
  /** What to do with an outbound message in the present state. May move the state on. */
  route(message: JsonObject, kind: MessageKind): Route;
  /** Signs the message of ours that takes part in the handshake. */
  sign(message: JsonObject, kind: MessageKind): Promise<JsonObject>;
  /** Members that the next signed message must have beside the usual ones. */
  extraMembers(message: JsonObject, kind: MessageKind): Promise<ProfileMembers>;
  /** Whether an old message is already kept out by a value that we chose freshly in this handshake. Decided on unverified claims. */
  boundByHandshake(unverified: UnverifiedMessage, claims: ProfileMembers): boolean;
  /** The session stage of the order of checks. Throws `McpsError`. */
  check(verified: VerifiedMessage, members: ProfileMembers, passport: VerifiedPassport): Promise<void>;
  /** Moves the state on after a message has passed every check; returns the message to deliver and what else to do. */
  accepted(accepted: AcceptedMessage): Promise<Transition>;
  /** Decides on a message without an envelope. Throws `McpsError` to refuse it. */
  acceptUnsigned(unsigned: UnsignedMessage): Promise<readonly Incoming[]>;
  /** Whether a refusal of this message ends the connection. */
  endsWith(received: JsonObject, kind: MessageKind): boolean;
  /** Observe mode: goes on with a handshake message that was refused. */
  observed(unverified: UnverifiedMessage, members: ProfileMembers): void;
}
