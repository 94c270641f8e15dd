import * as crypto from 'node:crypto';
import { assertBytes } from '../../bytes.js';
import { assertHashable } from './data.js';
import { promised } from './promised.js';

// The one-shot form came with Node 20.12 and 21.7; it takes half the time of a Hash object on short data.
const oneShot = 'hash' in crypto;

/** SHA-256 (FIPS 180-4) of bytes, or of a text in UTF-8; 32 bytes. @throws CryptoError `input_not_bytes` | `encoding_utf8` */
export function sha256Sync(data: Uint8Array | string): Uint8Array {
  assertHashable(data);
  // Copied, so that callers get a plain Uint8Array that shares no memory, as in browsers.
  return new Uint8Array(
    oneShot ? crypto.hash('sha256', data, 'buffer') : crypto.createHash('sha256').update(data).digest(),
  );
}

/**
 * SHA-256 (FIPS 180-4) of bytes, or of a text in UTF-8; 64 lower-case hex characters.
 *
 * @throws CryptoError `input_not_bytes` | `encoding_utf8`
 */
export function sha256HexSync(data: Uint8Array | string): string {
  assertHashable(data);
  return oneShot ? crypto.hash('sha256', data, 'hex') : crypto.createHash('sha256').update(data).digest('hex');
}

/** SHA-256 (FIPS 180-4) of bytes, or of a text in UTF-8; 32 bytes. Rejects with CryptoError `input_not_bytes` | `encoding_utf8`. */
export function sha256(data: Uint8Array | string): Promise<Uint8Array> {
  return promised(() => sha256Sync(data));
}

/**
 * SHA-256 (FIPS 180-4) of bytes, or of a text in UTF-8; 64 lower-case hex characters. Rejects with CryptoError `input_not_bytes` |
 * `encoding_utf8`.
 */
export function sha256Hex(data: Uint8Array | string): Promise<string> {
  return promised(() => sha256HexSync(data));
}

/**
 * SHA-256 of a stream of bytes, such as a Node `Readable` without an encoding; holds one chunk at a time. An error of
 * the stream passes through.
 *
 * @throws CryptoError `input_not_bytes` on a chunk that is not a Uint8Array
 */
export async function sha256Stream(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const hash = crypto.createHash('sha256');
  for await (const chunk of source) {
    assertBytes(chunk, 'every chunk');
    hash.update(chunk);
  }
  return new Uint8Array(hash.digest());
}
