import { CryptoError, parseJson } from '@mcps/crypto';
import { McpsError } from '@mcps/protocol';
import type { Reason } from '@mcps/protocol';

/**
 * The value of a JSON text, provided that every reader takes it for the same value: names are unique within an object, numbers are such that a double holds
 * them, strings are well-formed. Whatever is signed or verified afterwards is what the other side meant.
 *
 * @param maxBytes the most bytes of the text in UTF-8.
 * @throws McpsError `message_too_large`, `message_too_deep`; `message_not_canonical` for a text that readers could take differently; `message_not_object`
 *   for what is no JSON at all.
 */
export function parseStrictly(text: string | Uint8Array, maxBytes: number): unknown {
  try {
    return parseJson(text, { maxBytes, maxDepth: MAX_DEPTH, maxKeys: Infinity });
  } catch (error) {
    if (error instanceof CryptoError) throw new McpsError(reasonOf(error), {}, { cause: error });
    throw error;
  }
}

/** The most that a connection may be told to take; its own limit is checked where the message is opened. */
const MAX_DEPTH = 512;

function reasonOf({ code }: CryptoError): Reason {
  switch (code) {
    case 'json_too_large':
      return 'message_too_large';
    case 'json_too_deep':
      return 'message_too_deep';
    case 'json_duplicate_key':
    case 'json_number_range':
    case 'json_lone_surrogate':
    case 'json_invalid_utf8':
      return 'message_not_canonical';
    default:
      return 'message_not_object';
  }
}
