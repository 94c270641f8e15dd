import type { Carrier } from '../carrier/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import type { Envelope, Revision } from '../revision/index.js';

type Fields = Pick<UnverifiedMessage, 'carrier' | 'kind' | 'envelope' | 'revision' | 'message'>;

/**
 * A message with an envelope of the right shape, opened and not verified: everything in it is what the sender claims. Made by `openEnvelope`
 * alone, and a copy of it is none: verification hashes the bytes that `message` had when it was opened. Do not change `message`.
 */
export class UnverifiedMessage {
  readonly carrier: Carrier;
  readonly kind: MessageKind;
  readonly envelope: Envelope;
  readonly revision: Revision;
  /** The message without its carrier, as it was signed; it shares nothing with what was received. */
  readonly message: JsonObject;
  readonly #canonical: string;

  constructor(fields: Fields, canonical: string) {
    this.carrier = fields.carrier;
    this.kind = fields.kind;
    this.envelope = fields.envelope;
    this.revision = fields.revision;
    this.message = fields.message;
    this.#canonical = canonical;
    Object.freeze(this);
  }

  /** The RFC 8785 form of the message. Throws `TypeError` for an object that `openEnvelope` did not make. */
  static canonicalOf(unverified: UnverifiedMessage): string {
    return unverified.#canonical;
  }
}
