import { CryptoError, checkSignature, decodeBase64, isLowS } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import type { Carrier } from '../carrier/index.js';
import { McpsError } from '../errors/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import { hashHex, runAsync, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import type { Envelope } from '../revision/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { channelBindingMember } from './channel-binding.js';
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
  /** What a reply to this message must be bound to (`dev.mcps/re`), 64 lower-case hex characters. */
  readonly digest: string;
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
export function verifyEnvelope(
  unverified: UnverifiedMessage,
  publicKey: PublicKey,
  options: VerifyEnvelopeOptions = {},
): Promise<VerifiedMessage> {
  return runAsync(verifyEnvelopeSteps(unverified, publicKey, options));
}

/** {@link verifyEnvelope} as a procedure. */
export function* verifyEnvelopeSteps(
  unverified: UnverifiedMessage,
  publicKey: PublicKey,
  options: VerifyEnvelopeOptions = {},
): Procedure<VerifiedMessage> {
  const { kind, carrier, message, envelope, revision } = unverified;
  const { requireLowS = false } = options;
  const channelBinding = channelBindingMember(options.channelBinding);
  const timestampMs = parseTimestamp(envelope.timestamp);
  const signature = decodeSignature(envelope.signature, requireLowS);

  const messageHash = yield* hashHex(UnverifiedMessage.canonicalOf(unverified));
  const { passportId, nonce, timestamp } = envelope;
  const signed = revision.signingInput({ messageHash, passportId, nonce, timestamp, ...channelBinding });
  const valid = yield* verifyBytes(publicKey, signed, signature, { requireLowS });
  if (!valid) throw new McpsError('signature_invalid');

  const digest = yield* hashHex(revision.replyDigestInput({ messageHash, envelope }));
  return markVerified({ kind, carrier, message, envelope, publicKey, messageHash, digest, timestampMs }, 'message');
}

function decodeSignature(text: string, requireLowS: boolean): Uint8Array {
  let signature: Uint8Array;
  try {
    signature = decodeBase64(text);
    checkSignature(signature);
  } catch (error) {
    if (error instanceof CryptoError) throw new McpsError('signature_malformed', {}, { cause: error });
    throw error;
  }
  if (requireLowS && !isLowS(signature)) throw new McpsError('signature_high_s');
  return signature;
}
