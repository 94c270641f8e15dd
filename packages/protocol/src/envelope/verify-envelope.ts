import { sha256Hex, verify } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import type { Carrier } from '../carrier/index.js';
import { McpsError } from '../errors/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import type { Envelope } from '../revision/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { checkChannelBinding } from './channel-binding.js';
import { decodeSignature } from './decode-signature.js';
import { UnverifiedMessage } from './unverified-message.js';

/** How a message's signature is verified. */
export interface VerifyEnvelopeOptions {
  /** The value of the channel below that the signer must have signed along; it must not have signed any when none is given. */
  readonly channelBinding?: string;
  /** Refuse signatures that are not in low-S form. ECDSA accepts both forms, and signers in hardware emit both. Default: false. */
  readonly requireLowS?: boolean;
}

/** What verification of a message establishes. */
export interface VerifiedMessageContent {
  readonly kind: MessageKind;
  readonly carrier: Carrier;
  /** The message as it was signed: without its carrier, the profile's members still in it. */
  readonly message: JsonObject;
  readonly envelope: Envelope;
  /** The key that the signature verified with. */
  readonly publicKey: PublicKey;
  /** SHA-256 of the RFC 8785 form of `message`, 64 lower-case hex characters. */
  readonly messageHash: string;
  /** The envelope's timestamp, milliseconds since the Unix epoch. */
  readonly timestampMs: number;
}

/** A message whose signature has been verified with `publicKey`. */
export type VerifiedMessage = Verified<VerifiedMessageContent>;

/**
 * Verifies the signature of an opened message with a key. On return: `message`, nonce, passport id and timestamp are what the holder of
 * `publicKey` signed. Not verified: that the passport id belongs to that key, that the message is fresh, and that it is not a repetition.
 *
 * Rejects with `McpsError`: `timestamp_malformed`, `signature_malformed`, `signature_high_s`, `signature_invalid`; and with `ConfigurationError`
 * `option_invalid` for an empty or ill-formed channel binding.
 */
export async function verifyEnvelope(
  unverified: UnverifiedMessage,
  publicKey: PublicKey,
  options: VerifyEnvelopeOptions = {},
): Promise<VerifiedMessage> {
  const verification = new EnvelopeVerification(unverified, publicKey, options);
  const { canonical, signature, requireLowS } = verification;
  const messageHash = await sha256Hex(canonical);
  return verification.finish(
    messageHash,
    await verify(publicKey, verification.input(messageHash), signature, { requireLowS }),
  );
}

/** The verification of one message but for the cryptography, which is asynchronous here and not there. Made before anything is awaited. */
export class EnvelopeVerification {
  /** The RFC 8785 form of the message, to be hashed. */
  readonly canonical: string;
  /** To be verified over {@link input}: 64 bytes, r and s in range. */
  readonly signature: Uint8Array;
  readonly requireLowS: boolean;
  private readonly unverified: UnverifiedMessage;
  private readonly publicKey: PublicKey;
  private readonly channelBinding: string | undefined;
  private readonly timestampMs: number;

  /** Throws as {@link verifyEnvelope} rejects, but for `signature_invalid`. */
  constructor(unverified: UnverifiedMessage, publicKey: PublicKey, options: VerifyEnvelopeOptions) {
    const { envelope } = unverified;
    this.requireLowS = options.requireLowS ?? false;
    this.channelBinding = checkChannelBinding(options.channelBinding);
    this.timestampMs = parseTimestamp(envelope.timestamp);
    this.signature = decodeSignature(envelope.signature, this.requireLowS);
    this.canonical = UnverifiedMessage.canonicalOf(unverified);
    this.unverified = unverified;
    this.publicKey = publicKey;
  }

  /** The text that must have been signed, given the hash of {@link canonical}. */
  input(messageHash: string): string {
    const { revision, envelope } = this.unverified;
    const { passportId, nonce, timestamp } = envelope;
    return revision.signingInput({
      messageHash,
      passportId,
      nonce,
      timestamp,
      channelBinding: this.channelBinding,
    });
  }

  /** The verified message, given whether {@link signature} is one of {@link input}. Throws `McpsError` `signature_invalid`. */
  finish(messageHash: string, valid: boolean): VerifiedMessage {
    if (!valid) throw new McpsError('signature_invalid');
    const { kind, carrier, message, envelope } = this.unverified;
    const timestampMs = this.timestampMs;
    return markVerified(
      { kind, carrier, message, envelope, publicKey: this.publicKey, messageHash, timestampMs },
      'message',
    );
  }
}
