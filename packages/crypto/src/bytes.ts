import { CryptoError } from './error.js';

/**
 * Whether `value` is a Uint8Array (a Node Buffer is one), also one from another realm, as test runners and
 * `node:vm` hand over; `instanceof` alone would refuse those.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array ||
    (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]')
  );
}

/** @throws CryptoError `input_not_bytes` */
export function assertBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!isBytes(value)) throw new CryptoError('input_not_bytes', `${name} must be a Uint8Array`);
}
