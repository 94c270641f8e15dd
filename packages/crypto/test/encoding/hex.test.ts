import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHex, encodeHex } from '#crypto';
import { thrown, toHex } from '../support.js';

test('every byte', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(encodeHex(bytes)).toBe(toHex(bytes));
  expect(decodeHex(toHex(bytes))).toEqual(bytes);
});

test.each([0, 2047, 2048, 2049, 5000])('%i bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 151) & 0xff);
  expect(encodeHex(bytes)).toBe(toHex(bytes));
  expect(decodeHex(encodeHex(bytes))).toEqual(bytes);
});

test('there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(encodeHex(bytes)).toBe(toHex(bytes));
      expect(decodeHex(toHex(bytes))).toEqual(bytes);
    }),
  );
});

test.each([
  ['an odd number of digits', 'abc'],
  ['upper case', 'AB'],
  ['mixed case', 'aB'],
  ['a letter behind f', '0g'],
  ['a prefix', '0x00'],
  ['white space', '00 00 '],
  ['a sign', '+1'],
  ['a character beyond ASCII', '0é'],
  ['a character that is a digit in its low byte', '0\u0130'],
])('refuses %s', (_, text) => {
  expect(thrown(() => decodeHex(text))).toBe('encoding_hex');
});

test('what is neither text nor bytes is refused', () => {
  expect(thrown(() => decodeHex(10 as unknown as string))).toBe('encoding_hex');
  expect(thrown(() => encodeHex('00' as unknown as Uint8Array))).toBe('input_not_bytes');
});
