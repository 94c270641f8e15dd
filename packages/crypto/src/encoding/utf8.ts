import { assertBytes } from '../bytes.js';
import { CryptoError } from '../error.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Short texts are encoded into one buffer and copied out, which beats an exact allocation by the encoder. */
const SHARED_LENGTH = 16384;
const shared = new Uint8Array(SHARED_LENGTH);

/** In ECMAScript since 2024; older browsers have the regular expression. */
const { isWellFormed: native } = String.prototype as Pick<string, 'length'> & {
  isWellFormed?: (this: string) => boolean;
};

/** Whether `text` has a UTF-8 form: no half of a surrogate pair stands alone. */
export const isWellFormed: (text: string) => boolean =
  native === undefined ? (text) => !/\p{Surrogate}/u.test(text) : (text) => native.call(text);

/**
 * UTF-8 (RFC 3629).
 *
 * @throws CryptoError `encoding_utf8` for a lone surrogate, which other encoders replace in silence
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string' || !isWellFormed(text)) {
    throw new CryptoError('encoding_utf8', 'Not a text with a UTF-8 form: it has a lone surrogate');
  }
  return encodeWellFormed(text);
}

/** {@link encodeUtf8} for a text that is known to be well-formed. */
export function encodeWellFormed(text: string): Uint8Array<ArrayBuffer> {
  // A UTF-16 code unit takes three bytes at most.
  if (text.length > SHARED_LENGTH / 3) return encoder.encode(text);
  return shared.slice(0, encoder.encodeInto(text, shared).written);
}

/**
 * The text of UTF-8 bytes. A byte order mark is kept as the character it is.
 *
 * @throws CryptoError `encoding_utf8` for anything that is not UTF-8: overlong forms, surrogates, cut sequences;
 * `input_not_bytes`
 */
export function decodeUtf8(bytes: Uint8Array): string {
  assertBytes(bytes, 'bytes');
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new CryptoError('encoding_utf8', 'Not UTF-8', { cause });
  }
}
