import { p256 } from '@noble/curves/nist.js';
import type { SignedBytes, SyncScheme } from './scheme.js';

/** P-256 in JavaScript, over bytes that lie ready. */
export function noble(): SyncScheme<Buffer, SignedBytes> {
  const { secretKey, publicKey } = p256.keygen();
  return {
    name: '@noble/curves',
    sign: (data) => ({ data, signature: p256.sign(data, secretKey) }),
    verify: ({ data, signature }) => {
      if (!p256.verify(signature, data, publicKey)) throw new Error('@noble/curves refuses its own signature');
    },
  };
}
