import { assertBytes } from '../../bytes.js';
import { encodeHex } from '../../encoding/index.js';
import { bufferSource, subtle } from './subtle.js';

/** SHA-256 (FIPS 180-4), 32 bytes. Rejects with CryptoError `input_not_bytes`. */
export async function sha256(data: Uint8Array): Promise<Uint8Array> {
  assertBytes(data, 'data');
  return new Uint8Array(await subtle().digest('SHA-256', bufferSource(data)));
}

/** SHA-256 (FIPS 180-4), 64 lower-case hex characters. Rejects with CryptoError `input_not_bytes`. */
export async function sha256Hex(data: Uint8Array): Promise<string> {
  return encodeHex(await sha256(data));
}
