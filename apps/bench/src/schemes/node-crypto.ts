import { sign, verify } from 'node:crypto';
import type { KeyObject, KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';
import type { AsyncScheme, SignedBytes, SyncScheme } from './scheme.js';

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

const signOnPool = promisify<string, Buffer, KeyObject, Buffer>(sign);
const verifyOnPool = promisify<string, Uint8Array, KeyObject, Uint8Array, boolean>(verify);

/** The same on Node's thread pool: with enough in flight, what the machine yields. */
export function nodeCryptoOnPool({ publicKey, privateKey }: KeyPairKeyObjectResult): AsyncScheme<Buffer, SignedBytes> {
  return {
    name: 'node:crypto, pool',
    sign: async (data) => ({ data, signature: await signOnPool('sha256', data, privateKey) }),
    verify: async ({ data, signature }) => {
      if (!(await verifyOnPool('sha256', data, publicKey, signature)))
        throw new Error('node:crypto refuses its own signature');
    },
  };
}
