import { assertBytes } from '../../bytes.js';
import { assertWellFormed } from '../../encoding/utf8.js';
import { Scratch } from './scratch.js';

/** What is signed for MCPS fits in, and is ASCII. */
const scratch = new Scratch(1024);

/** A UTF-16 code unit takes three bytes of UTF-8 at most. */
const SHORT_TEXT_LENGTH = Math.floor(scratch.bytes.length / 3);

/**
 * What to sign or verify: bytes as they are, a text in UTF-8. Good until the next call.
 *
 * @throws CryptoError `input_not_bytes` | `encoding_utf8`
 */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  if (typeof data !== 'string') {
    assertBytes(data, 'data');
    return data;
  }
  assertWellFormed(data);
  return data.length > SHORT_TEXT_LENGTH ? Buffer.from(data) : scratch.view(scratch.bytes.write(data));
}

/** What to hash: node:crypto takes a text as it is. @throws CryptoError `input_not_bytes` | `encoding_utf8` */
export function assertHashable(data: unknown): asserts data is Uint8Array | string {
  if (typeof data === 'string') assertWellFormed(data);
  else assertBytes(data, 'data');
}
