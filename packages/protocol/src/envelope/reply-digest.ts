import { sha256Hex } from '@mcps/crypto';
import { REVISIONS, unsupportedVersion } from '../revision/index.js';
import type { SignedMessage } from './sign-message.js';
import { UnverifiedMessage } from './unverified-message.js';
import type { VerifiedMessage } from './verify-envelope.js';

/**
 * What a reply to a message must be bound to (`dev.mcps/re`): SHA-256 over the message as signed, its signature included, 64 lower-case hex
 * characters. It says nothing about whether the signature is right.
 *
 * Rejects with `McpsError` `version_unsupported` for a message of a revision that this package does not speak.
 */
export async function replyDigest(message: UnverifiedMessage | VerifiedMessage | SignedMessage): Promise<string> {
  const { envelope } = message;
  const revision = REVISIONS.get(envelope.version);
  if (revision === undefined) throw unsupportedVersion();
  const hash = message instanceof UnverifiedMessage ? await messageHash(message) : message.messageHash;
  return sha256Hex(revision.replyDigestInput({ messageHash: hash, envelope }));
}

/** `message_hash` of a message that is not verified: SHA-256 over its RFC 8785 form, 64 lower-case hex characters. */
export function messageHash(message: UnverifiedMessage): Promise<string> {
  return sha256Hex(UnverifiedMessage.canonicalOf(message));
}
