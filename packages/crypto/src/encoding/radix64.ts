import { assertBytes } from '../bytes.js';
import { asciiText, NOT_IN_ALPHABET, reverseTable } from './ascii.js';

const PAD = 0x3d;

/** One of the two alphabets of RFC 4648, sections 4 and 5, with or without padding. */
export interface Radix64 {
  readonly encode: (bytes: Uint8Array) => string;
  /** The bytes, or undefined when `text` is not what `encode` gives for any bytes. */
  readonly decode: (text: string) => Uint8Array<ArrayBuffer> | undefined;
}

export function radix64(alphabet: string, padded: boolean): Radix64 {
  const codes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
  const places = reverseTable(alphabet);
  const code = (place: number): number => codes[place & 63] ?? 0;
  const place = (text: string, index: number): number => places[text.charCodeAt(index)] ?? NOT_IN_ALPHABET;

  function write(bytes: Uint8Array, out: Uint8Array): void {
    const whole = bytes.length - (bytes.length % 3);
    let at = 0;
    for (let i = 0; i < whole; i += 3) {
      const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      out[at] = code(group >> 18);
      out[at + 1] = code(group >> 12);
      out[at + 2] = code(group >> 6);
      out[at + 3] = code(group);
      at += 4;
    }
    if (whole === bytes.length) return;
    const group = ((bytes[whole] ?? 0) << 16) | ((bytes[whole + 1] ?? 0) << 8);
    out[at] = code(group >> 18);
    out[at + 1] = code(group >> 12);
    const two = whole + 2 === bytes.length;
    if (two) out[at + 2] = code(group >> 6);
    if (padded) out.fill(PAD, at + (two ? 3 : 2), at + 4);
  }

  function encode(bytes: Uint8Array): string {
    assertBytes(bytes, 'bytes');
    const length = padded ? Math.ceil(bytes.length / 3) * 4 : Math.ceil((bytes.length * 4) / 3);
    return asciiText(length, (out) => write(bytes, out));
  }

  function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
    if (padded && text.length % 4 !== 0) return undefined;
    let length = text.length;
    if (padded && text.charCodeAt(length - 1) === PAD) length -= text.charCodeAt(length - 2) === PAD ? 2 : 1;
    const rest = length % 4;
    if (rest === 1) return undefined;
    const bytes = new Uint8Array(Math.floor((length * 3) / 4));
    const whole = length - rest;
    let seen = 0;
    let at = 0;
    for (let i = 0; i < whole; i += 4) {
      const a = place(text, i);
      const b = place(text, i + 1);
      const c = place(text, i + 2);
      const d = place(text, i + 3);
      seen |= a | b | c | d;
      bytes[at] = (a << 2) | (b >> 4);
      bytes[at + 1] = (b << 4) | (c >> 2);
      bytes[at + 2] = (c << 6) | d;
      at += 3;
    }
    if (rest !== 0) {
      const a = place(text, whole);
      const b = place(text, whole + 1);
      const c = rest === 3 ? place(text, whole + 2) : 0;
      // Bits that belong to no byte must be zero (section 3.5), or several texts would mean the same bytes.
      const spare = rest === 3 ? c & 0x03 : b & 0x0f;
      if (spare !== 0) return undefined;
      seen |= a | b | c;
      bytes[at] = (a << 2) | (b >> 4);
      if (rest === 3) bytes[at + 1] = (b << 4) | (c >> 2);
    }
    return seen < NOT_IN_ALPHABET ? bytes : undefined;
  }

  return { encode, decode };
}
