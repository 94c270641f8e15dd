import { assertBytes } from '../bytes.js';

/**
 * Whether two byte strings are the same, in a time that depends on their length alone.
 * The length is not hidden: byte strings of unequal length compare as different at once.
 *
 * @throws CryptoError `input_not_bytes`
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  assertBytes(a, 'a');
  assertBytes(b, 'b');
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
