import { CryptoError, checkSignature, decodeBase64, isLowS } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';

/** Base64 of a signature to its 64 bytes, r and s in range. Throws `McpsError` `signature_malformed`, `signature_high_s`. */
export function decodeSignature(text: string, requireLowS: boolean): Uint8Array {
  let signature: Uint8Array;
  try {
    signature = decodeBase64(text);
    checkSignature(signature);
  } catch (error) {
    if (error instanceof CryptoError) throw new McpsError('signature_malformed', {}, { cause: error });
    throw error;
  }
  if (requireLowS && !isLowS(signature)) throw new McpsError('signature_high_s');
  return signature;
}
