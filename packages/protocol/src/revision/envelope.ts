import type { JsonObject } from '../json-rpc/index.js';

/** The signed envelope of one message, read from its wire form. Everything in it is what a peer claims until the signature verifies. */
export interface Envelope {
  /** The wire revision, `1.0`. */
  readonly version: string;
  /** `asp_` and 32 lower-case hex characters. */
  readonly passportId: string;
  /** 16 random bytes as 32 lower-case hex characters. */
  readonly nonce: string;
  /** When the message was signed, as text, exactly as it was signed: at most 64 characters, not yet known to be a timestamp. */
  readonly timestamp: string;
  /** Standard base64 of the 64-byte `r‖s`, as received: not yet known to be well-formed. */
  readonly signature: string;
  /** Members of the wire form that this revision does not know: not signed, not used, kept so that the envelope can be passed on as it came. */
  readonly unknown?: JsonObject;
}
