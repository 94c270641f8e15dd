/**
 * Text is built as bytes and decoded in one call: several times faster than concatenating characters, and
 * the short texts of this package (signatures, digests, coordinates) share one buffer that never leaves here.
 */
const SHARED_LENGTH = 4096;
const shared = new Uint8Array(SHARED_LENGTH);
const decoder = new TextDecoder();

/**
 * The text of `length` ASCII bytes that `write` puts at the start of the buffer it is given.
 * `write` must not call this function again before it returns.
 */
export function asciiText(length: number, write: (buffer: Uint8Array) => void): string {
  const buffer = length <= SHARED_LENGTH ? shared : new Uint8Array(length);
  write(buffer);
  return decoder.decode(buffer.subarray(0, length));
}

/** Larger than any place in an alphabet, and with a bit set that no place has. */
export const NOT_IN_ALPHABET = 0x80;

/** A table from character code to the character's place in `alphabet`, {@link NOT_IN_ALPHABET} elsewhere. */
export function reverseTable(alphabet: string): Uint8Array {
  const table = new Uint8Array(128).fill(NOT_IN_ALPHABET);
  for (let place = 0; place < alphabet.length; place += 1) table[alphabet.charCodeAt(place)] = place;
  return table;
}
