import { encodeWellFormed } from '../encoding/utf8.js';
import { writeLimits } from './limits.js';
import { refuseTooLarge } from './refusal.js';
import type { CanonicalizeOptions } from './types.js';
import { exceedsUtf8Length } from './utf8-length.js';
import { writeText } from './writer.js';

/**
 * The canonical text of a JSON value (RFC 8785, JSON Canonicalization Scheme).
 *
 * Takes null, booleans, finite numbers, strings, arrays, and objects whose prototype is Object.prototype or null.
 * Nothing is dropped or converted in silence: what has no JSON form is refused, and no getter or toJSON method
 * of the value runs. Properties that are not enumerable are no part of the value.
 *
 * @throws CryptoError `json_not_finite`, `json_lone_surrogate`, `json_undefined` (also for members), `json_function`,
 * `json_symbol` (also as a key), `json_bigint`, `json_sparse_array`, `json_not_plain`, `json_cycle`, `json_too_deep`,
 * `json_too_large`, `json_limit_invalid`
 */
export function canonicalize(value: unknown, options?: CanonicalizeOptions): string {
  const checked = writeLimits(options);
  const text = writeText(value, checked);
  if (exceedsUtf8Length(text, checked.maxBytes)) throw refuseTooLarge('The text');
  return text;
}

/**
 * {@link canonicalize} in UTF-8: the bytes to sign or hash.
 *
 * @throws CryptoError as `canonicalize` does
 */
export function canonicalizeToBytes(value: unknown, options?: CanonicalizeOptions): Uint8Array<ArrayBuffer> {
  const checked = writeLimits(options);
  const bytes = encodeWellFormed(writeText(value, checked));
  if (bytes.length > checked.maxBytes) throw refuseTooLarge('The text');
  return bytes;
}
