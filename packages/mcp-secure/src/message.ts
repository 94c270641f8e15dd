import type { Signer } from '@mcps/crypto';
import { signMessage as signMessageLater } from '@mcps/protocol';
import type { JsonObject, SignMessageOptions } from '@mcps/protocol';
import { signMessageSync, verifyMessageWithKeySync } from '@mcps/protocol/node';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf, signWith } from './keys.js';
import type { PrivateKeyInput, PublicKeyInput } from './keys.js';
import { judge } from './refusal.js';
import type { Verdict } from './refusal.js';

/** The envelope of a signed message: its member `mcps`. */
export interface EnvelopeMember {
  /** `1.0`. */
  version: string;
  /** Whose passport: `asp_` and 32 lower-case hex characters, unless the caller gave another text. */
  passport_id: string;
  /** RFC 3339, UTC, milliseconds. */
  timestamp: string;
  /** 32 lower-case hex characters. */
  nonce: string;
  /** Standard base64 of the 64 bytes `r‖s`. */
  signature: string;
}

/** A message with its envelope. */
export type SignedEnvelope<T extends object = JsonObject> = T & { mcps: EnvelopeMember };

/** What a signature covers beside the message. */
export interface ChannelOptions {
  /** A value of the TLS channel below (RFC 9266) that both sides know. */
  readonly channelBinding?: string | null;
}

/** How {@link verifyMessage} verifies. */
export interface VerifyMessageOptions extends ChannelOptions {
  /** How old the message may be, milliseconds. Default 300,000. */
  readonly windowMs?: number;
  /** How far ahead of the clock it may be dated, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  /** Refuse signatures that are not in low-S form. Default false. */
  readonly requireLowS?: boolean;
}

/**
 * Signs a JSON-RPC message, published MCPS 1.0: returns a copy with the envelope in its member `mcps`. With an external signer a promise of it.
 *
 * `passportId` is any 1 to 128 printable ASCII characters. `channelBinding`, not empty, is signed along; its verifier must give the same.
 *
 * Throws `McpsError` for a message that is no JSON-RPC, or cannot be signed; `ConfigurationError` for an id or channel binding of the wrong form and for a
 * missing key; `CryptoError` for a key that is none.
 */
export function signMessage<T extends object>(
  message: T,
  passportId: string,
  privateKey: PrivateKeyInput,
  channelBinding?: string | ChannelOptions | null,
): SignedEnvelope<T>;
export function signMessage<T extends object>(
  message: T,
  passportId: string,
  signer: Signer,
  channelBinding?: string | ChannelOptions | null,
): Promise<SignedEnvelope<T>>;
export function signMessage<T extends object>(
  message: T,
  passportId: string,
  key: PrivateKeyInput | Signer,
  channelBinding?: string | ChannelOptions | null,
): SignedEnvelope<T> | Promise<SignedEnvelope<T>>;
export function signMessage(
  message: object,
  passportId: string,
  key: PrivateKeyInput | Signer,
  channelBinding?: string | ChannelOptions | null,
): object | Promise<object> {
  const options = { passportId, acceptAnyPassportId: true, ...channelOf(channelBinding) };
  return signWith<object>(
    key,
    (local) => signMessageSync(message as JsonObject, { ...options, key: local }).message,
    async (signer) => (await signMessageLater(message as JsonObject, { ...options, key: signer })).message,
  );
}

/**
 * Verifies a signed message with a key that the caller chose. Never throws.
 *
 * `valid`: the holder of `publicKey` has signed this very message, within the window and with this channel binding. Not verified: that the passport id in the
 * envelope belongs to that key, any trust in it, and whether the message was accepted before: see `NonceStore`, and `secureMCP`, which verifies all of it.
 *
 * Otherwise `error` is MCPS-004 for no acceptable signature, MCPS-006 for a timestamp out of the window, MCPS-015 for another version.
 */
export function verifyMessage(
  envelope: unknown,
  publicKey: PublicKeyInput,
  channelBinding?: string | VerifyMessageOptions | null,
): Verdict {
  return judge(() => {
    const given = typeof channelBinding === 'object' && channelBinding !== null ? channelBinding : {};
    const { windowMs, futureToleranceMs, requireLowS } = given;
    verifyMessageWithKeySync(envelope, publicKeyOf(publicKey), {
      acceptAnyPassportId: true,
      windowMs,
      futureToleranceMs,
      ...(requireLowS === undefined ? {} : { requireLowS }),
      ...channelOf(channelBinding),
    });
  }, ERROR_CODES.INVALID_SIGNATURE);
}

function channelOf(given: string | ChannelOptions | null | undefined): Pick<SignMessageOptions, 'channelBinding'> {
  const channelBinding = typeof given === 'object' && given !== null ? given.channelBinding : given;
  return channelBinding === undefined || channelBinding === null ? {} : { channelBinding };
}
