import { encodeHex } from '../../encoding/index.js';
import { bytesOf } from '../../encoding/utf8.js';
import { bufferSource, subtle } from './subtle.js';

/** SHA-256 (FIPS 180-4) of bytes, or of a text in UTF-8; 32 bytes. Rejects with CryptoError `input_not_bytes` | `encoding_utf8`. */
export async function sha256(data: Uint8Array | string): Promise<Uint8Array> {
  return new Uint8Array(await subtle().digest('SHA-256', bufferSource(bytesOf(data))));
}

/**
 * SHA-256 (FIPS 180-4) of bytes, or of a text in UTF-8; 64 lower-case hex characters. Rejects with CryptoError `input_not_bytes` |
 * `encoding_utf8`.
 */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  return encodeHex(await sha256(data));
}
