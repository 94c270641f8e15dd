import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSignature, derToP1363, isLowS, normalizeLowS, p1363ToDer } from '#crypto';
import { concat, ORDER, scalar, thrown, toBigInt } from '../support.js';

const HALF = (ORDER - 1n) / 2n;
const anyScalar = fc.oneof(
  fc.bigInt({ min: 1n, max: ORDER - 1n }),
  // Around the bounds, where a comparison goes wrong.
  fc.bigInt({ min: -300n, max: 300n }).map((offset) => HALF + offset),
  fc.bigInt({ min: 1n, max: 300n }),
  fc.bigInt({ min: 1n, max: 300n }).map((offset) => ORDER - offset),
  fc.bigInt({ min: 0n, max: 255n }).map((bits) => 1n << bits),
);

test('normalizeLowS agrees with arithmetic on big integers', () => {
  fc.assert(
    fc.property(anyScalar, anyScalar, (r, s) => {
      const signature = concat(scalar(r), scalar(s));
      const before = signature.slice();
      const normal = normalizeLowS(signature);
      expect(signature).toEqual(before);
      expect(normal).not.toBe(signature);
      expect(isLowS(signature)).toBe(s <= HALF);
      expect(isLowS(normal)).toBe(true);
      expect(toBigInt(normal.subarray(0, 32))).toBe(r);
      expect(toBigInt(normal.subarray(32))).toBe(s <= HALF ? s : ORDER - s);
    }),
    { numRuns: 500 },
  );
});

test('the bounds', () => {
  const withS = (s: bigint) => concat(scalar(1n), scalar(s));
  expect(isLowS(withS(HALF))).toBe(true);
  expect(isLowS(withS(HALF + 1n))).toBe(false);
  expect(toBigInt(normalizeLowS(withS(HALF + 1n)).subarray(32))).toBe(HALF);
  expect(toBigInt(normalizeLowS(withS(ORDER - 1n)).subarray(32))).toBe(1n);
});

test('checkSignature takes exactly 1 to n - 1', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.boolean(), (value, asR) => {
      const signature = asR ? concat(scalar(value), scalar(1n)) : concat(scalar(1n), scalar(value));
      if (value >= 1n && value < ORDER) checkSignature(signature);
      else expect(thrown(() => checkSignature(signature))).toBe('signature_range');
    }),
    { numRuns: 300 },
  );
});

test('DER and back gives the same 64 bytes', () => {
  fc.assert(
    fc.property(anyScalar, anyScalar, (r, s) => {
      const signature = concat(scalar(r), scalar(s));
      expect(derToP1363(p1363ToDer(signature))).toEqual(signature);
    }),
    { numRuns: 500 },
  );
});
