import { CryptoError, canonicalize } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';

/** The RFC 8785 form of one side of a handshake. Throws `McpsError` `message_not_canonical`, whose `cause` is the `CryptoError`. */
export function canonicalPart(value: JsonObject): string {
  try {
    return canonicalize(value);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('message_not_canonical', {}, { cause: error });
  }
}
