import { assertBytes } from '../bytes.js';
import { CryptoError } from '../error.js';
import { asciiText, NOT_IN_ALPHABET, reverseTable } from './ascii.js';

const DIGITS = '0123456789abcdef';
const codes = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const values = reverseTable(DIGITS);

/**
 * Lower-case hexadecimal, two digits a byte (RFC 4648, section 8, in lower case).
 *
 * @throws CryptoError `input_not_bytes`
 */
export function encodeHex(bytes: Uint8Array): string {
  assertBytes(bytes, 'bytes');
  return asciiText(bytes.length * 2, (out) => {
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i] ?? 0;
      out[2 * i] = codes[byte >> 4] ?? 0;
      out[2 * i + 1] = codes[byte & 15] ?? 0;
    }
  });
}

/**
 * The bytes of a hexadecimal text. Upper-case digits are refused, so that one byte string has one text.
 *
 * @throws CryptoError `encoding_hex`
 */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string' || text.length % 2 !== 0) throw notHex();
  const bytes = new Uint8Array(text.length / 2);
  let seen = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const high = values[text.charCodeAt(2 * i)] ?? NOT_IN_ALPHABET;
    const low = values[text.charCodeAt(2 * i + 1)] ?? NOT_IN_ALPHABET;
    seen |= high | low;
    bytes[i] = (high << 4) | low;
  }
  if (seen >= NOT_IN_ALPHABET) throw notHex();
  return bytes;
}

function notHex(): CryptoError {
  return new CryptoError('encoding_hex', 'Not lower-case hexadecimal');
}
