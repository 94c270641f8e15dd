import { createNonce, encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { attachCarrier } from '../carrier/index.js';
import type { Carrier } from '../carrier/index.js';
import { ConfigurationError } from '../errors/index.js';
import { DEFAULT_MESSAGE_LIMITS } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { DEFAULT_REVISION } from '../revision/index.js';
import type { Envelope, Revision } from '../revision/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { canonicalMessage } from './canonical-message.js';
import { channelBindingMember } from './channel-binding.js';
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
  /** What a reply to this message must be bound to (`dev.mcps/re`), 64 lower-case hex characters. */
  readonly digest: string;
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
export function signMessage(message: JsonObject, options: SignMessageOptions): Promise<SignedMessage> {
  return runAsync(signMessageSteps(message, options));
}

/** {@link signMessage} as a procedure. */
export function* signMessageSteps(message: JsonObject, options: SignMessageOptions): Procedure<SignedMessage> {
  const { key, passportId, carrier = 'top-level', revision = DEFAULT_REVISION, clock = systemClock } = options;
  const { message: copy } = checkSignable(message);
  const canonical = canonicalMessage(copy, DEFAULT_MESSAGE_LIMITS.maxDepth);
  const claims = { passportId, nonce: options.nonce ?? createNonce(), timestamp: formatTimestamp(clock()) };
  if (!revision.acceptsClaims(claims, { acceptAnyPassportId: options.acceptAnyPassportId ?? false })) {
    throw new ConfigurationError(
      'option_invalid',
      'The passport id or the nonce is not of the form that this revision asks for',
    );
  }
  const channelBinding = channelBindingMember(options.channelBinding);

  const messageHash = yield* hashHex(canonical);
  const signature = yield* signBytes(key, revision.signingInput({ messageHash, ...claims, ...channelBinding }));

  const envelope: Envelope = { version: revision.version, ...claims, signature: encodeBase64(signature) };
  const digest = yield* hashHex(revision.replyDigestInput({ messageHash, envelope }));
  return { message: attachCarrier(copy, revision.writeEnvelope(envelope), carrier), envelope, messageHash, digest };
}
