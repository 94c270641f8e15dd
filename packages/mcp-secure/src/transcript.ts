import type { Signer } from '@mcps/crypto';
import { createTranscriptBinding as createTranscriptBindingLater } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { createTranscriptBindingSync, verifyTranscriptBindingSync } from '@mcps/protocol/node';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf, signWith } from './keys.js';
import type { PrivateKeyInput, PublicKeyInput } from './keys.js';
import { judge } from './refusal.js';
import type { Verdict } from './refusal.js';

/** What one side of a handshake has signed. */
export interface TranscriptBinding {
  /** SHA-256 of both sides' RFC 8785 forms, 64 lower-case hex characters. */
  readonly transcript_hash: string;
  /** Standard base64 of the 64 bytes `r‖s`. */
  readonly transcript_signature: string;
}

/**
 * Signs what both sides have said when they began: the `params` of `initialize` and its `result`. Both sides do, and each verifies the other's: whoever
 * stripped a capability on the way is found out. With an external signer a promise.
 *
 * Throws `McpsError` `message_not_canonical` for what has no RFC 8785 form, `ConfigurationError` for a missing key, `CryptoError` for a key that is none.
 */
export function createTranscriptBinding(
  clientInitParams: object,
  serverInitResult: object,
  privateKey: PrivateKeyInput,
): TranscriptBinding;
export function createTranscriptBinding(
  clientInitParams: object,
  serverInitResult: object,
  signer: Signer,
): Promise<TranscriptBinding>;
export function createTranscriptBinding(
  clientInitParams: object,
  serverInitResult: object,
  key: PrivateKeyInput | Signer,
): TranscriptBinding | Promise<TranscriptBinding>;
export function createTranscriptBinding(
  clientInitParams: object,
  serverInitResult: object,
  key: PrivateKeyInput | Signer,
): TranscriptBinding | Promise<TranscriptBinding> {
  const [client, server] = [clientInitParams as JsonObject, serverInitResult as JsonObject];
  return signWith<TranscriptBinding>(
    key,
    (local) => createTranscriptBindingSync(client, server, local),
    (signer) => createTranscriptBindingLater(client, server, signer),
  );
}

/**
 * Verifies the other side's binding against what this side has seen itself. Never throws; `error` is MCPS-012 where it is not valid.
 *
 * The published form names no role: whoever sends a binding of yours back to you passes, so compare the keys. `secureMCP` binds roles too.
 */
export function verifyTranscriptBinding(
  transcriptHash: string,
  transcriptSignature: string,
  publicKey: PublicKeyInput,
  clientInitParams: unknown,
  serverInitResult: unknown,
): Verdict {
  return judge(() => {
    const binding = { transcript_hash: transcriptHash, transcript_signature: transcriptSignature };
    const [client, server] = [clientInitParams as JsonObject, serverInitResult as JsonObject];
    verifyTranscriptBindingSync(binding, publicKeyOf(publicKey), client, server);
  }, ERROR_CODES.CAPABILITY_MISMATCH);
}

export { createTranscriptBinding as createTranscriptMAC, verifyTranscriptBinding as verifyTranscriptMAC };
