import { CryptoError } from '../error.js';
import { radix64 } from './radix64.js';

const codec = radix64('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', false);

/**
 * Base64url without padding (RFC 4648, section 5; RFC 7515, section 2).
 *
 * @throws CryptoError `input_not_bytes`
 */
export function encodeBase64Url(bytes: Uint8Array): string {
  return codec.encode(bytes);
}

/**
 * The bytes of a canonical base64url text: no padding, no white space, unused bits zero. Every byte string has
 * exactly one text that this function takes.
 *
 * @throws CryptoError `encoding_base64url`
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = typeof text === 'string' ? codec.decode(text) : undefined;
  if (bytes === undefined) throw new CryptoError('encoding_base64url', 'Not canonical base64url without padding');
  return bytes;
}
