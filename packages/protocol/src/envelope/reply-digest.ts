import { hashHex, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { UnverifiedMessage } from './unverified-message.js';

/**
 * What a reply to a message must be bound to (`dev.mcps/re`), for a message that is being refused: SHA-256 over the request as received, its
 * signature included, 64 lower-case hex characters. For a verified message it is `digest`.
 */
export function replyDigest(unverified: UnverifiedMessage): Promise<string> {
  return runAsync(replyDigestSteps(unverified));
}

/** {@link replyDigest} as a procedure. */
export function* replyDigestSteps(unverified: UnverifiedMessage): Procedure<string> {
  const { revision, envelope } = unverified;
  const messageHash = yield* hashHex(UnverifiedMessage.canonicalOf(unverified));
  return yield* hashHex(revision.replyDigestInput({ messageHash, envelope }));
}
