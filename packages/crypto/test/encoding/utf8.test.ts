import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8, isWellFormed } from '#crypto';
import { hex, thrown, utf8 } from '../support.js';

describe('encodeUtf8', () => {
  test.each(['', 'text', 'é', '€', '😀', '\0', '\ufeff', '\uffff', '\u{10ffff}'])('%j', (text) => {
    expect(encodeUtf8(text)).toEqual(utf8(text));
    expect(isWellFormed(text)).toBe(true);
  });

  test.each([5460, 5461, 5462, 16_384, 100_000])('%i characters of three bytes', (length) => {
    const text = '€'.repeat(length);
    expect(encodeUtf8(text)).toEqual(utf8(text));
  });

  test('each call gives bytes of its own', () => {
    const first = encodeUtf8('first');
    encodeUtf8('other');
    expect(first).toEqual(utf8('first'));
    expect(first.buffer.byteLength).toBe(first.length);
  });

  test.each([
    ['a high half alone', '\ud83d'],
    ['a low half alone', '\ude00'],
    ['halves in the wrong order', '\ude00\ud83d'],
    ['a high half at the end', 'text\ud83d'],
    ['a high half in front of a letter', '\ud83dx'],
    ['a low half after a pair', '😀\ude00'],
  ])('refuses %s', (_, text) => {
    expect(thrown(() => encodeUtf8(text))).toBe('encoding_utf8');
    expect(isWellFormed(text)).toBe(false);
  });

  test('refuses what is no text', () => {
    expect(thrown(() => encodeUtf8(1 as unknown as string))).toBe('encoding_utf8');
  });
});

describe('decodeUtf8', () => {
  test('back to the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });

  test('keeps a byte order mark, also of each call', () => {
    expect(decodeUtf8(hex('efbbbf61'))).toBe('\ufeffa');
    expect(decodeUtf8(hex('efbbbf61'))).toBe('\ufeffa');
  });

  test.each([
    ['a continuation byte alone', '80'],
    ['a sequence cut short', 'e282'],
    ['a sequence cut short in front of a letter', 'e28261'],
    ['an overlong slash', 'c0af'],
    ['an overlong NUL', 'e08080'],
    ['half of a surrogate pair', 'eda080'],
    ['a surrogate pair', 'eda0bdedb880'],
    ['beyond Unicode', 'f4908080'],
    ['a byte that no sequence has', 'ff'],
    ['five bytes', 'f888808080'],
  ])('refuses %s', (_, bytes) => {
    expect(thrown(() => decodeUtf8(hex(bytes)))).toBe('encoding_utf8');
    // A fault leaves nothing behind in the decoder.
    expect(decodeUtf8(utf8('€'))).toBe('€');
  });

  test('refuses what is not bytes', () => {
    expect(thrown(() => decodeUtf8('text' as unknown as Uint8Array))).toBe('input_not_bytes');
  });
});
