import { sha256HexSync, signSync, verifySync } from '@mcps/crypto/node';
import type { PublicKey } from '@mcps/crypto';
import { MessageSigning } from '../envelope/sign-message.js';
import type {
  SignMessageOptions,
  SignedMessage,
  VerifiedMessage,
  VerifyMessageWithKeyOptions,
} from '../envelope/index.js';
import { EnvelopeVerification } from '../envelope/verify-envelope.js';
import { openFresh } from '../envelope/verify-message-with-key.js';
import type { JsonObject } from '../json-rpc/index.js';
import { localKey } from './run-sync.js';

/** `signMessage` on the calling thread. Throws what it rejects with, and `ConfigurationError` `option_unsupported` for a `Signer`. */
export function signMessageSync(message: JsonObject, options: SignMessageOptions): SignedMessage {
  const key = localKey(options.key);
  const signing = new MessageSigning(message, options);
  const messageHash = sha256HexSync(signing.canonical);
  return signing.finish(messageHash, signSync(key, signing.input(messageHash)));
}

/** `verifyMessageWithKey` on the calling thread: the same checks, and none of replay. Throws what it rejects with. */
export function verifyMessageWithKeySync(
  received: unknown,
  publicKey: PublicKey,
  options: VerifyMessageWithKeyOptions = {},
): VerifiedMessage {
  const verification = new EnvelopeVerification(openFresh(received, options), publicKey, options);
  const { canonical, signature, requireLowS } = verification;
  const messageHash = sha256HexSync(canonical);
  return verification.finish(
    messageHash,
    verifySync(publicKey, verification.input(messageHash), signature, { requireLowS }),
  );
}
