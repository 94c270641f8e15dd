import { assertBytes } from '../bytes.js';
import { CryptoError } from '../error.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Short texts are encoded into one buffer and copied out, which beats an exact allocation by the encoder. */
const SHARED_LENGTH = 16384;
const shared = new Uint8Array(SHARED_LENGTH);

/** In ECMAScript since 2024; older browsers have the regular expression. */
interface Checkable {
  isWellFormed(): boolean;
}

/** Whether `text` has a UTF-8 form: no half of a surrogate pair stands alone. */
export const isWellFormed: (text: string) => boolean =
  'isWellFormed' in String.prototype
    ? (text) => (text as string & Checkable).isWellFormed()
    : (text) => !/\p{Surrogate}/u.test(text);

/**
 * UTF-8 (RFC 3629).
 *
 * @throws CryptoError `encoding_utf8` for a lone surrogate, which other encoders replace in silence
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  assertWellFormed(text);
  return encodeWellFormed(text);
}

/** @throws CryptoError `encoding_utf8` */
export function assertWellFormed(text: unknown): asserts text is string {
  if (typeof text === 'string' && isWellFormed(text)) return;
  throw new CryptoError('encoding_utf8', 'Not a text with a UTF-8 form: it has a lone surrogate');
}

/**
 * What to hash, sign or verify: bytes as they are, a text in UTF-8.
 *
 * @throws CryptoError `input_not_bytes` | `encoding_utf8`
 */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  if (typeof data === 'string') return encodeUtf8(data);
  assertBytes(data, 'data');
  return data;
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
