import { CryptoError, canonicalize } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';

/**
 * The RFC 8785 form of a message without its carrier: the text whose UTF-8 form `message_hash` is taken over. The message is a snapshot, or what
 * was made of one.
 *
 * Throws `McpsError` `message_not_canonical`, whose `cause` is the `CryptoError`.
 */
export function canonicalMessage(message: JsonObject, maxDepth: number): string {
  try {
    return canonicalize(message, { maxDepth, assumePlain: true });
  } catch (error) {
    if (error instanceof CryptoError) throw new McpsError('message_not_canonical', {}, { cause: error });
    throw error;
  }
}
