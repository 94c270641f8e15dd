import type { JsonObject } from '../json-rpc/index.js';
import type { Envelope } from './envelope.js';

/** What the signature of a message covers. */
export interface SigningInput {
  /** SHA-256 of the RFC 8785 form of the message without its carrier, 64 lower-case hex characters. */
  readonly messageHash: string;
  readonly nonce: string;
  readonly passportId: string;
  readonly timestamp: string;
  /** A value of the channel below that both sides know; covered only when given. */
  readonly channelBinding?: string | undefined;
}

/** What a reply is bound to: the request as signed, its signature included. */
export interface ReplyDigestInput {
  readonly messageHash: string;
  readonly envelope: Envelope;
}

/** The part of an envelope that the signer chooses. */
export type EnvelopeClaims = Pick<Envelope, 'passportId' | 'nonce' | 'timestamp'>;

/** How a revision reads an envelope. */
export interface ReadEnvelopeOptions {
  /** Accept any 1 to 128 printable ASCII characters as a passport id, for callers of the published functions. Default: false. */
  readonly acceptAnyPassportId?: boolean;
}

/** Everything that depends on one wire revision. No other code names a member of the envelope or of the signed object. */
export interface Revision {
  readonly version: string;
  /** Whether an envelope of this revision may name this passport. */
  acceptsPassportId(passportId: string, options?: ReadEnvelopeOptions): boolean;
  /** Whether an envelope of this revision may have this nonce. */
  acceptsNonce(nonce: string): boolean;
  /** Reads the wire form. Throws `McpsError` `envelope_malformed`. */
  readEnvelope(wire: JsonObject, options?: ReadEnvelopeOptions): Envelope;
  /** The wire form: a new flat object, unknown members included. */
  writeEnvelope(envelope: Envelope): JsonObject;
  /** The text whose UTF-8 form the signature covers. */
  signingInput(input: SigningInput): string;
  /** The text; SHA-256 of its UTF-8 form binds a reply to its request. */
  replyDigestInput(input: ReplyDigestInput): string;
}
