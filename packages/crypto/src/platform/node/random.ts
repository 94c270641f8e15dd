import { randomFillSync } from 'node:crypto';
import { createNoncePool, randomBytesFrom } from '../../nonce/pool.js';
import type { RandomFill } from '../../nonce/pool.js';

const fill: RandomFill = (bytes) => {
  randomFillSync(bytes);
};

/**
 * `length` bytes of the runtime's cryptographic random source.
 *
 * @throws CryptoError `nonce_length` unless `length` is an integer from 1 to 65,536
 */
export function randomBytes(length: number): Uint8Array {
  return randomBytesFrom(fill, length);
}

/** A fresh nonce: 128 random bits as 32 lower-case hex characters. */
export const createNonce: () => string = /* @__PURE__ */ createNoncePool(fill);
