import { sign, verify } from 'node:crypto';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { SignedBytes, SyncScheme } from './scheme.js';

/** ECDSA over bytes that lie ready, and nothing else: what no scheme on Node can be faster than. */
export function nodeCrypto({ publicKey, privateKey }: KeyPairKeyObjectResult): SyncScheme<Buffer, SignedBytes> {
  return {
    name: 'node:crypto',
    sign: (data) => ({ data, signature: sign('sha256', data, privateKey) }),
    verify: ({ data, signature }) => {
      if (!verify('sha256', data, publicKey, signature)) throw new Error('node:crypto refuses its own signature');
    },
  };
}
