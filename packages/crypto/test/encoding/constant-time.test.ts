import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constantTimeEqual } from '#crypto';
import { flipped, thrown, utf8 } from '../support.js';

test('the same bytes are equal, in whatever buffer they lie', () => {
  const inside = utf8('..secret..').subarray(2, 8);
  expect(constantTimeEqual(inside, utf8('secret'))).toBe(true);
  expect(constantTimeEqual(new Uint8Array(), new Uint8Array())).toBe(true);
});

test('a difference in any one bit is seen', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(), (bytes, at) => {
      expect(constantTimeEqual(bytes, bytes.slice())).toBe(true);
      expect(constantTimeEqual(bytes, flipped(bytes, at % bytes.length))).toBe(false);
    }),
  );
});

test('a prefix is not equal', () => {
  expect(constantTimeEqual(utf8('secret'), utf8('secret\0'))).toBe(false);
  expect(constantTimeEqual(utf8('secret'), utf8('secre'))).toBe(false);
});

test('refuses what is not bytes', () => {
  expect(thrown(() => constantTimeEqual('a' as unknown as Uint8Array, utf8('a')))).toBe('input_not_bytes');
  expect(thrown(() => constantTimeEqual(utf8('a'), [97] as unknown as Uint8Array))).toBe('input_not_bytes');
});
