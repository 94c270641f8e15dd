import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '#crypto';
import { base64, base64Url, thrown, utf8 } from '../support.js';

/** RFC 4648, section 10. */
const PUBLISHED: readonly (readonly [string, string])[] = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
];

/** Lengths on both sides of the buffer that short texts share. */
const LENGTHS = [3070, 3071, 3072, 3073, 3074, 10_000];
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 151) & 0xff);

describe('base64', () => {
  test.each(PUBLISHED)('%j is %j', (text, encoded) => {
    expect(encodeBase64(utf8(text))).toBe(encoded);
    expect(decodeBase64(encoded)).toEqual(utf8(text));
  });

  test.each(LENGTHS)('%i bytes', (length) => {
    const encoded = encodeBase64(bytesOf(length));
    expect(decodeBase64(encoded)).toEqual(bytesOf(length));
    expect(encoded).toHaveLength(Math.ceil(length / 3) * 4);
  });

  test('agrees with the encoder of the runtime, and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(base64(bytes));
        expect(decodeBase64(base64(bytes))).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['no padding', 'Zg'],
    ['half of the padding', 'Zg='],
    ['padding alone', '===='],
    ['three of padding', 'Z==='],
    ['too much padding', 'Zm9v===='],
    ['padding in the middle', 'Zg==Zg=='],
    ['padding in front of a digit', 'Zg=v'],
    ['bits that belong to no byte, after one byte', 'Zh=='],
    ['bits that belong to no byte, after two bytes', 'Zm9='],
    ['a line feed at the end', 'Zm9v\n'],
    ['a line feed that fills the group', 'Zm9vYg=\n'],
    ['a space', 'Zm9 '],
    ['a space between groups', 'Zm9v Zm9v'],
    ['the other alphabet', '-_-_'],
    ['a character beyond ASCII', 'Zm9é'],
    ['a character that is a digit in its low byte', 'Zm9\u0141'],
    ['half of a surrogate pair', 'Zm9\ud800'],
    ['a single character', 'Z'],
    ['NUL', 'Zm9\0'],
  ])('refuses %s', (_, text) => {
    expect(thrown(() => decodeBase64(text))).toBe('encoding_base64');
  });

  test('takes no text but the one that encoding gives', () => {
    const candidate = fc.stringMatching(/^[ABQgwxz019+/=_ -]{0,9}$/);
    fc.assert(
      fc.property(candidate, (text) => {
        let decoded: Uint8Array;
        try {
          decoded = decodeBase64(text);
        } catch {
          return;
        }
        expect(base64(decoded)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('base64url', () => {
  test.each(PUBLISHED)('%j is %j without its padding', (text, encoded) => {
    const bare = encoded.replaceAll('=', '');
    expect(encodeBase64Url(utf8(text))).toBe(bare);
    expect(decodeBase64Url(bare)).toEqual(utf8(text));
  });

  test('has its own two digits', () => {
    expect(encodeBase64Url(Uint8Array.of(0xfb, 0xff, 0xbf))).toBe('-_-_');
    expect(decodeBase64Url('-_-_')).toEqual(Uint8Array.of(0xfb, 0xff, 0xbf));
  });

  test.each(LENGTHS)('%i bytes', (length) => {
    expect(decodeBase64Url(encodeBase64Url(bytesOf(length)))).toEqual(bytesOf(length));
  });

  test('agrees with the encoder of the runtime, and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(encodeBase64Url(bytes)).toBe(base64Url(bytes));
        expect(decodeBase64Url(base64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['padding', 'Zg=='],
    ['the other alphabet', '+/+/'],
    ['bits that belong to no byte, after one byte', 'Zh'],
    ['bits that belong to no byte, after two bytes', 'Zm9'],
    ['a length that no bytes have', 'Zm9vY'],
    ['white space', 'Zm9v\n'],
    ['a character beyond ASCII', 'Zm9é'],
  ])('refuses %s', (_, text) => {
    expect(thrown(() => decodeBase64Url(text))).toBe('encoding_base64url');
  });
});

test('what is neither text nor bytes is refused', () => {
  const nothing = undefined as unknown;
  expect(thrown(() => decodeBase64(nothing as string))).toBe('encoding_base64');
  expect(thrown(() => decodeBase64Url(nothing as string))).toBe('encoding_base64url');
  expect(thrown(() => encodeBase64([1, 2] as unknown as Uint8Array))).toBe('input_not_bytes');
  expect(thrown(() => encodeBase64Url('text' as unknown as Uint8Array))).toBe('input_not_bytes');
});
