import { assertBytes } from '../bytes.js';
import { decodeUtf8, isWellFormed } from '../encoding/utf8.js';
import { CryptoError } from '../error.js';
import { countMembers, hasWellFormedStrings } from './inspect.js';
import { parseLimits } from './limits.js';
import { refuseLoneSurrogate, refuseTooLarge } from './refusal.js';
import { scanText } from './scan.js';
import type { JsonLimits, JsonValue } from './types.js';
import { exceedsUtf8Length } from './utf8-length.js';

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/**
 * The value of a JSON text (RFC 8259), provided that every reader takes it for the same value: names are unique
 * within an object, numbers are such that a double holds them, strings are well-formed (compare I-JSON, RFC 7493).
 *
 * Objects are plain, with Object.prototype; a member called `__proto__` is an own property like any other.
 *
 * @param source a text, or its UTF-8 bytes; a byte order mark is refused
 * @throws CryptoError `json_syntax`, `json_trailing_data`, `json_duplicate_key`, `json_number_range`,
 * `json_lone_surrogate`, `json_invalid_utf8`, `json_too_deep`, `json_too_large`, `json_too_many_keys`,
 * `json_limit_invalid`; `input_not_bytes` when `source` is neither
 */
export function parseJson(source: string | Uint8Array, limits?: JsonLimits): JsonValue {
  const checked = parseLimits(limits);
  const text = typeof source === 'string' ? source : decode(source, checked.maxBytes);
  if (typeof source === 'string' && exceedsUtf8Length(text, checked.maxBytes)) throw refuseTooLarge('The text');
  const members = scanText(text, checked);
  const value = parseText(text);
  // JSON.parse keeps one of several members of the same name.
  if (countMembers(value) !== members) throw new CryptoError('json_duplicate_key', 'An object has a name twice');
  if (!isWellFormed(text)) throw refuseLoneSurrogate();
  if (ESCAPED_SURROGATE.test(text) && !hasWellFormedStrings(value)) throw refuseLoneSurrogate();
  return value;
}

function decode(bytes: Uint8Array, maxBytes: number): string {
  assertBytes(bytes, 'source');
  if (bytes.length > maxBytes) throw refuseTooLarge('The text');
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new CryptoError('json_invalid_utf8', 'Not UTF-8', { cause });
  }
}

function parseText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // The engine's error quotes the text, so it is not passed on.
    throw new CryptoError(
      'json_syntax',
      'Not JSON: a control character or a wrong escape in a string, or a wrong number',
    );
  }
}
