import { CryptoError } from '#crypto';
import type { CryptoErrorCode } from '#crypto';
import openssl from './fixtures/openssl.json' with { type: 'json' };

export { openssl };

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

export const base64Url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const concat = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** n, the order of P-256, and p, the size of its field. */
export const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
export const FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;

export const scalar = (value: bigint): Uint8Array => hex(value.toString(16).padStart(64, '0'));

export const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);

/** A copy with one bit turned. */
export function flipped(bytes: Uint8Array, index = bytes.length - 1): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[index]! ^= 1;
  return copy;
}

/** The same signature with n - s for s. */
export const otherS = (signature: Uint8Array): Uint8Array =>
  concat(signature.subarray(0, 32), scalar(ORDER - toBigInt(signature.subarray(32))));

/** PEM around DER. */
export const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64(der)}\n-----END ${label}-----\n`;

function codeOf(error: unknown): CryptoErrorCode {
  if (error instanceof CryptoError) return error.code;
  throw error;
}

/** The code that a call throws with; anything but a CryptoError, and no error at all, fails the test. */
export function thrown(call: () => unknown): CryptoErrorCode {
  try {
    call();
  } catch (error) {
    return codeOf(error);
  }
  throw new Error('nothing was thrown');
}

/** The code that a promise rejects with. The call itself must not throw. */
export async function rejected(call: () => Promise<unknown>): Promise<CryptoErrorCode> {
  const promise = call();
  try {
    await promise;
  } catch (error) {
    return codeOf(error);
  }
  throw new Error('the promise was fulfilled');
}
