import { isBytes } from './bytes.js';
import { decodeBase64 } from './encoding/index.js';
import { derToP1363 } from './ecdsa/der.js';
import { lowSCopy, signatureFault } from './ecdsa/p1363.js';
import { CryptoError } from './error.js';
import type { PublicKey } from './keys/public-key.js';

/** A signer whose key lives elsewhere: an HSM, a cloud KMS, an agent. It makes ES256 signatures, SHA-256 included. */
export interface Signer {
  /** The key the signatures verify with, when it is known. Never used to check what `sign` returns. */
  readonly publicKey?: PublicKey;
  /** What `sign` returns: 64 bytes r || s, or `ECDSA-Sig-Value` in DER. */
  readonly format: 'p1363' | 'der';
  /** Signs the data itself, never a digest of it. Returns the signature's bytes, or those in base64 (RFC 4648 section 4). */
  sign(data: Uint8Array): Promise<Uint8Array | string>;
}

/** Whether `value` has the shape of a {@link Signer}. */
export function isSigner(value: unknown): value is Signer {
  if (typeof value !== 'object' || value === null || !('sign' in value) || !('format' in value)) return false;
  return typeof value.sign === 'function' && (value.format === 'p1363' || value.format === 'der');
}

/**
 * Signs with a {@link Signer}; the result is 64 bytes r || s with low s.
 *
 * @throws CryptoError `signer_output` if the signer resolves to anything but a signature in its format; what the
 *   signer itself throws passes through untouched.
 */
export async function signWithSigner(signer: Signer, data: Uint8Array): Promise<Uint8Array> {
  // A copy, because the caller may reuse its buffer while a remote signer is still at work.
  const output: unknown = await signer.sign(new Uint8Array(data));
  const signature = readOutput(output, signer.format);
  if (signatureFault(signature, false) !== undefined) throw badOutput('is not 64 bytes with r and s in range');
  return lowSCopy(signature);
}

function readOutput(output: unknown, format: Signer['format']): Uint8Array {
  const bytes = typeof output === 'string' ? fromBase64(output) : output;
  if (!isBytes(bytes)) throw badOutput('is neither a Uint8Array nor a string');
  if (format === 'p1363') return bytes;
  try {
    return derToP1363(bytes);
  } catch {
    throw badOutput('is not an ECDSA signature in DER');
  }
}

function fromBase64(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    throw badOutput('is not canonical base64');
  }
}

function badOutput(reason: string): CryptoError {
  return new CryptoError('signer_output', `what the signer returned ${reason}`);
}
