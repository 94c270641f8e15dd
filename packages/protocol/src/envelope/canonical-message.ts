import { CryptoError, canonicalizeToBytes } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';

/**
 * The RFC 8785 form of a message without its carrier: the bytes that `message_hash` is taken over.
 *
 * Throws `McpsError` `message_not_canonical`, whose `cause` is the `CryptoError`.
 */
export function canonicalMessage(message: JsonObject, maxDepth: number): Uint8Array {
  try {
    return canonicalizeToBytes(message, { maxDepth });
  } catch (error) {
    if (error instanceof CryptoError) throw new McpsError('message_not_canonical', {}, { cause: error });
    throw error;
  }
}
