import { decodeBase64 } from '@mcps/crypto';
import type { Binding } from '../profile/index.js';

/** The signature bytes of a presented binding, or `undefined` where they are no canonical base64. */
export function signatureOf({ transcript_signature: text }: Binding): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch {
    return undefined;
  }
}
