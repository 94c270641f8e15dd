import { isBytes } from '../bytes.js';
import { CryptoError } from '../error.js';
import { inRangeAt, isLowAt, negateAt, SCALAR_BYTES } from './order.js';

/** Bytes of an ES256 signature in the form of IEEE P1363: r || s, 32 bytes big-endian each (RFC 7518 section 3.4). */
export const SIGNATURE_BYTES = 64;

export interface SignatureOptions {
  /**
   * Refuse a signature whose s is above (n - 1) / 2. ECDSA itself accepts both s and n - s; whoever takes a signature's
   * bytes for an identity should ask for the low one. Default false: other implementations emit either.
   */
  readonly requireLowS?: boolean;
}

type SignatureFault = 'signature_length' | 'signature_range' | 'signature_malformed';

const MESSAGES: Readonly<Record<SignatureFault, string>> = {
  signature_length: 'an ES256 signature is exactly 64 bytes',
  signature_range: 'r or s of the signature is not between 1 and n - 1',
  signature_malformed: 's of the signature is above (n - 1) / 2',
};

/** The first fault of a signature's form, without an exception: verifiers answer `false` on peer-supplied bytes. */
export function signatureFault(signature: Uint8Array, requireLowS: boolean): SignatureFault | undefined {
  if (!isBytes(signature) || signature.length !== SIGNATURE_BYTES) return 'signature_length';
  if (!inRangeAt(signature, 0) || !inRangeAt(signature, SCALAR_BYTES)) return 'signature_range';
  if (requireLowS && !isLowAt(signature, SCALAR_BYTES)) return 'signature_malformed';
  return undefined;
}

/**
 * Checks the form of an ES256 signature: 64 bytes, 1 ≤ r, s < n, and low s if required. On return the form alone is
 * verified, nothing about key or data.
 *
 * @throws CryptoError `signature_length` | `signature_range` | `signature_malformed` (high s while low s is required)
 */
export function checkSignature(signature: Uint8Array, options: SignatureOptions = {}): void {
  const fault = signatureFault(signature, options.requireLowS === true);
  if (fault !== undefined) throw new CryptoError(fault, MESSAGES[fault]);
}

/**
 * Whether s is at most (n - 1) / 2.
 *
 * @throws CryptoError `signature_length` | `signature_range`
 */
export function isLowS(signature: Uint8Array): boolean {
  checkSignature(signature);
  return isLowAt(signature, SCALAR_BYTES);
}

/**
 * The equivalent signature with low s, as a new array: s itself, or n - s when s is high.
 *
 * @throws CryptoError `signature_length` | `signature_range`
 */
export function normalizeLowS(signature: Uint8Array): Uint8Array {
  checkSignature(signature);
  return lowSCopy(signature);
}

/** A plain copy of a signature of good form, with low s. */
export function lowSCopy(signature: Uint8Array): Uint8Array {
  const copy = new Uint8Array(signature);
  lowerS(copy);
  return copy;
}

/** Gives a signature of good form low s, in place. */
export function lowerS(signature: Uint8Array): void {
  if (!isLowAt(signature, SCALAR_BYTES)) negateAt(signature, SCALAR_BYTES);
}
