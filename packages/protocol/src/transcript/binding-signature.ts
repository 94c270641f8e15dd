import { constantTimeEqual, decodeBase64, encodeUtf8 } from '@mcps/crypto';
import type { Binding } from '../profile/index.js';

/** The signature bytes of a presented binding, or `undefined` where they are no canonical base64. */
export function signatureOf({ transcript_signature: text }: Binding): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch {
    return undefined;
  }
}

/** Whether a presented binding is over this transcript hash. */
export function isHash({ transcript_hash: presented }: Binding, hash: string): boolean {
  return typeof presented === 'string' && constantTimeEqual(encodeUtf8(presented), encodeUtf8(hash));
}
