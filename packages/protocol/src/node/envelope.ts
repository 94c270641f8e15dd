import type { PublicKey } from '@mcps/crypto';
import { signMessageSteps, verifyMessageWithKeySteps } from '../envelope/index.js';
import type {
  SignMessageOptions,
  SignedMessage,
  VerifiedMessage,
  VerifyMessageWithKeyOptions,
} from '../envelope/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { runSync } from './run-sync.js';

/** `signMessage` on the calling thread. Throws what it rejects with, and `ConfigurationError` `option_unsupported` for a `Signer`. */
export function signMessageSync(message: JsonObject, options: SignMessageOptions): SignedMessage {
  return runSync(signMessageSteps(message, options));
}

/** `verifyMessageWithKey` on the calling thread: the same checks, and none of replay. Throws what it rejects with. */
export function verifyMessageWithKeySync(
  received: unknown,
  publicKey: PublicKey,
  options: VerifyMessageWithKeyOptions = {},
): VerifiedMessage {
  return runSync(verifyMessageWithKeySteps(received, publicKey, options));
}
