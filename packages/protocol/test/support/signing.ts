import { decodeBase64, encodeBase64, generateKeyPair, normalizeLowS } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';
import type { Clock } from '../../src/time/index.js';

export const PASSPORT_ID = `asp_${'0123456789abcdef'.repeat(2)}`;
export const NOW_TEXT = '2026-01-02T03:04:05.678Z';
export const NOW = Date.parse(NOW_TEXT);
export const clock: Clock = () => NOW;

/** Key pairs for a test file, made once. */
export async function twoKeyPairs(): Promise<{ ours: KeyPair; theirs: KeyPair }> {
  return { ours: await generateKeyPair(), theirs: await generateKeyPair() };
}

export interface KeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

/** The order n of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other valid form of a signature in base64: s replaced by n - s, so that it is high. */
export function highS(signature: string): string {
  const bytes = normalizeLowS(decodeBase64(signature));
  const hex = Array.from(bytes.subarray(32), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const high = (ORDER - BigInt(`0x${hex}`)).toString(16).padStart(64, '0');
  bytes.set(
    Array.from({ length: 32 }, (_, index) => Number.parseInt(high.slice(2 * index, 2 * index + 2), 16)),
    32,
  );
  return encodeBase64(bytes);
}
