import { CryptoError } from '../error.js';
import { radix64 } from './radix64.js';

const codec = radix64('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', true);

/**
 * Base64 with padding (RFC 4648, section 4).
 *
 * @throws CryptoError `input_not_bytes`
 */
export function encodeBase64(bytes: Uint8Array): string {
  return codec.encode(bytes);
}

/**
 * The bytes of a canonical base64 text: padded, no white space, no character of another alphabet, unused bits
 * zero. Every byte string has exactly one text that this function takes (RFC 4648, sections 3.3 and 3.5).
 *
 * @throws CryptoError `encoding_base64`
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = typeof text === 'string' ? codec.decode(text) : undefined;
  if (bytes === undefined) throw new CryptoError('encoding_base64', 'Not canonical base64 with padding');
  return bytes;
}
