import { CryptoError } from '../../error.js';

/** ECDSA on P-256, for keys. */
export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** ECDSA with SHA-256, for signatures. */
export const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** The global as it may be, rather than as the type library promises it. */
function webCrypto(): { readonly subtle?: SubtleCrypto } | undefined {
  return globalThis.crypto;
}

/** Web Crypto's `SubtleCrypto`. @throws CryptoError `webcrypto_unavailable` on pages that are not a secure context */
export function subtle(): SubtleCrypto {
  const found = webCrypto()?.subtle;
  if (found !== undefined) return found;
  throw new CryptoError('webcrypto_unavailable', 'Web Crypto is missing: browsers offer it to secure contexts only');
}

/** The same bytes in a form that Web Crypto takes, which refuses shared memory; copied only in that case. */
export function bufferSource(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}
