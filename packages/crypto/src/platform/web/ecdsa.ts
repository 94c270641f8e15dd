import { lowSCopy, signatureFault } from '../../ecdsa/p1363.js';
import type { SignatureOptions } from '../../ecdsa/p1363.js';
import { bytesOf } from '../../encoding/utf8.js';
import { CryptoError } from '../../error.js';
import { PrivateKey } from '../../keys/private-key.js';
import type { PublicKey } from '../../keys/public-key.js';
import { isSigner, signWithSigner } from '../../signer.js';
import type { Signer } from '../../signer.js';
import { privateHandle, publicHandle } from './handle.js';
import { bufferSource, SIGNATURE_ALGORITHM, subtle } from './subtle.js';

/**
 * Signs data, bytes or a text in UTF-8, with ES256 (RFC 7518 section 3.4). Resolves to 64 bytes r || s, with low s. The
 * data is read before this returns.
 *
 * Rejects with CryptoError `key_private_expected` | `input_not_bytes` | `encoding_utf8` | `signer_output`, or with what a
 * Signer throws.
 */
export async function sign(key: PrivateKey | Signer, data: Uint8Array | string): Promise<Uint8Array> {
  if (!(key instanceof PrivateKey)) {
    if (isSigner(key)) return signWithSigner(key, bytesOf(data));
    throw new CryptoError('key_private_expected', 'a PrivateKey or a Signer is expected');
  }
  const native = privateHandle(key);
  // Web Crypto copies its inputs before it returns, so nothing needs a snapshot here.
  return lowSCopy(new Uint8Array(await subtle().sign(SIGNATURE_ALGORITHM, native, bufferSource(bytesOf(data)))));
}

/**
 * Verifies an ES256 signature of 64 bytes r || s over bytes, or over a text in UTF-8. True means: made with this key over
 * exactly this data. False for everything else a peer may send, malformed signatures included. Data and signature are read
 * before this returns.
 *
 * Rejects with CryptoError `key_public_expected` | `input_not_bytes` | `encoding_utf8` (the data).
 */
export async function verify(
  key: PublicKey,
  data: Uint8Array | string,
  signature: Uint8Array,
  options: SignatureOptions = {},
): Promise<boolean> {
  const native = publicHandle(key);
  const bytes = bytesOf(data);
  if (signatureFault(signature, options.requireLowS === true) !== undefined) return false;
  return subtle().verify(SIGNATURE_ALGORITHM, native, bufferSource(signature), bufferSource(bytes));
}
