import { createNonce, encodeBase64, sha256Hex, sign } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { putCarrier } from '../carrier/carrier.js';
import type { Carrier } from '../carrier/index.js';
import { ConfigurationError } from '../errors/index.js';
import { DEFAULT_MESSAGE_LIMITS } from '../json-rpc/index.js';
import type { ClassifiedMessage, JsonObject } from '../json-rpc/index.js';
import { DEFAULT_REVISION } from '../revision/index.js';
import type { Envelope, EnvelopeClaims, Revision } from '../revision/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { canonicalMessage } from './canonical-message.js';
import { checkChannelBinding } from './channel-binding.js';
import { checkSignable } from './signable.js';

/** How a message is signed. */
export interface SignMessageOptions {
  /** The id of the passport that holds the signing key's public half. */
  readonly passportId: string;
  /** The passport's private key, or a signer that holds it. */
  readonly key: PrivateKey | Signer;
  /** Where the envelope goes; `top-level` by default. */
  readonly carrier?: Carrier;
  /** A value of the channel below that the verifier knows too; signed along when given. Not empty. */
  readonly channelBinding?: string;
  /** Where the timestamp comes from; the machine's clock by default. */
  readonly clock?: Clock;
  /** 32 lower-case hex characters, never used before by this key; random by default. */
  readonly nonce?: string;
  /** The wire revision; 1.0 by default. */
  readonly revision?: Revision;
  /** Accept any 1 to 128 printable ASCII characters as `passportId`. Only verifiers that were asked to will accept it. */
  readonly acceptAnyPassportId?: boolean;
}

/** A signed message and what was signed. */
export interface SignedMessage {
  /** The message with its carrier: what goes on the wire. Shares nothing with the message that was given. */
  readonly message: JsonObject;
  readonly envelope: Envelope;
  /** SHA-256 of the RFC 8785 form of the message without its carrier, 64 lower-case hex characters. */
  readonly messageHash: string;
}

/**
 * Signs a JSON-RPC message: hashes its RFC 8785 form, signs hash, nonce, passport id and timestamp (and the channel binding) with ES256, and puts
 * the envelope on a copy. The message is copied before this returns: what the caller does to it afterwards changes neither what is signed nor what
 * is sent.
 *
 * Rejects with `McpsError` for a message that cannot be signed (`checkSignable`, and `message_not_canonical`), with `ConfigurationError`
 * `option_invalid` for a passport id, nonce or channel binding of the wrong form, with `RangeError` for a clock outside the years 0000 to 9999,
 * and with what the signer throws.
 */
export async function signMessage(message: JsonObject, options: SignMessageOptions): Promise<SignedMessage> {
  const { key } = options;
  const signing = new MessageSigning(message, options);
  const messageHash = await sha256Hex(signing.canonical);
  return signing.finish(messageHash, await sign(key, signing.input(messageHash)));
}

/** The signing of one message but for the cryptography, which is asynchronous here and not there. Made before anything is awaited. */
export class MessageSigning {
  /** The RFC 8785 form of the message, to be hashed. */
  readonly canonical: string;
  private readonly signable: ClassifiedMessage;
  private readonly claims: EnvelopeClaims;
  private readonly channelBinding: string | undefined;
  private readonly revision: Revision;
  private readonly carrier: Carrier;

  /** Throws as {@link signMessage} rejects, but for what the signer throws. */
  constructor(message: JsonObject, options: SignMessageOptions) {
    const { passportId, carrier = 'top-level', revision = DEFAULT_REVISION, clock = systemClock } = options;
    this.signable = checkSignable(message);
    this.canonical = canonicalMessage(this.signable.message, DEFAULT_MESSAGE_LIMITS.maxDepth);
    this.claims = { passportId, nonce: options.nonce ?? createNonce(), timestamp: formatTimestamp(clock()) };
    if (
      !revision.acceptsPassportId(passportId, options) ||
      (options.nonce !== undefined && !revision.acceptsNonce(options.nonce))
    ) {
      throw new ConfigurationError(
        'option_invalid',
        'The passport id or the nonce is not of the form that this revision asks for',
      );
    }
    this.channelBinding = checkChannelBinding(options.channelBinding);
    this.revision = revision;
    this.carrier = carrier;
  }

  /** The text to be signed, given the hash of {@link canonical}. */
  input(messageHash: string): string {
    const { passportId, nonce, timestamp } = this.claims;
    return this.revision.signingInput({
      messageHash,
      passportId,
      nonce,
      timestamp,
      channelBinding: this.channelBinding,
    });
  }

  /** The signed message, given the 64 bytes of the signature over {@link input}. */
  finish(messageHash: string, signature: Uint8Array): SignedMessage {
    const { passportId, nonce, timestamp } = this.claims;
    const { version } = this.revision;
    const envelope: Envelope = { version, passportId, nonce, timestamp, signature: encodeBase64(signature) };
    const wireEnvelope = this.revision.writeEnvelope(envelope);
    return { message: putCarrier(this.signable, wireEnvelope, this.carrier), envelope, messageHash };
  }
}
