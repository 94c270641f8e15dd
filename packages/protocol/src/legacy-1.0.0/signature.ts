import { CryptoError, decodeBase64, derToP1363, encodeBase64, encodeUtf8, p1363ToDer } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { Reason } from '../errors/index.js';
import { signBytes, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';

/** No DER form of a P-256 signature is longer than 72 bytes, 96 characters of base64. */
const MAX_SIGNATURE_LENGTH = 96;

/** Signs the UTF-8 bytes of a text: standard base64 of the DER form of an ES256 signature. */
export function* signText(key: PrivateKey | Signer, text: string): Procedure<string> {
  const signature = yield* signBytes(key, encodeUtf8(text));
  return encodeBase64(p1363ToDer(signature));
}

/** Reads the base64 of a DER signature into `r‖s`. Throws `McpsError` with `malformed` for anything but strict base64 of strict DER. */
export function readSignature(value: string, malformed: Reason): Uint8Array {
  if (value.length > MAX_SIGNATURE_LENGTH) throw new McpsError(malformed);
  try {
    return derToP1363(decodeBase64(value));
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError(malformed, {}, { cause: error });
  }
}

/** Throws `McpsError` with `invalid` where the signature is not one of `text` by `key`. High-S counts: signers of this format do not normalise. */
export function* checkText(key: PublicKey, text: string, signature: Uint8Array, invalid: Reason): Procedure<void> {
  if (!(yield* verifyBytes(key, encodeUtf8(text), signature))) throw new McpsError(invalid);
}
