import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalize, canonicalizeToBytes, parseJson } from '#crypto';
import { utf8 } from '../support.js';
import { identical } from './identical.js';
import { reference } from './reference.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.stringMatching(/^[\\"/bfnrtud0-9\n]{0,12}$/),
  fc.constantFrom('', '\\ud800', '__proto__', 'constructor', 'toJSON', '10', '9', '1', '01', '\ufb33', '😀', '\u2028'),
);

/** -0 is written as 0. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
);

/** Objects the way JSON.parse makes them: `__proto__` is a member like any other. */
const fromMembers = (members: readonly (readonly [string, unknown])[]): object => {
  const object = {};
  for (const [name, value] of members) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
};

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    number,
    text,
    tie('array'),
    tie('object'),
    fc.array(number, { minLength: 14, maxLength: 20 }),
  ),
  array: fc.array(tie('value'), { maxLength: 6 }),
  object: fc.array(fc.tuple(text, tie('value')), { maxLength: 6 }).map(fromMembers),
})).value;

test('agrees with a naive implementation', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalize(value)).toBe(reference(value));
      expect(canonicalizeToBytes(value)).toEqual(utf8(reference(value)));
      expect(canonicalize(value, { assumePlain: true })).toBe(reference(value));
    }),
    { numRuns: 2000 },
  );
});

test('parsing the canonical text gives the value, as plain JSON.parse does', () => {
  fc.assert(
    fc.property(json, (value) => {
      const canonical = canonicalize(value);
      const parsed = parseJson(canonical);
      expect(identical(parsed, value)).toBe(true);
      expect(identical(parsed, JSON.parse(canonical))).toBe(true);
      expect(identical(parseJson(utf8(canonical)), parsed)).toBe(true);
      expect(canonicalize(parsed)).toBe(canonical);
    }),
    { numRuns: 2000 },
  );
});

test('spacing and order of a text do not change its canonical form', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return fromMembers(
      Object.entries(value)
        .map(([name, member]) => [name, shuffled(member)] as const)
        .reverse(),
    );
  };
  fc.assert(
    fc.property(json, fc.constantFrom('', '\t', '  '), (value, space) => {
      expect(canonicalize(parseJson(JSON.stringify(shuffled(value), undefined, space)))).toBe(canonicalize(value));
    }),
  );
});

test('every double is written so that it is read back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const written = canonicalize(value);
      expect(parseJson(written)).toBe(value === 0 ? 0 : value);
      expect(canonicalize([value, { a: value }])).toBe(`[${written},{"a":${written}}]`);
    }),
    { numRuns: 5000 },
  );
});

test('of all integers beyond 2^53 that share a double, one is read', () => {
  const beyond = fc.bigInt({ min: 2n ** 53n, max: 10n ** 20n });
  fc.assert(
    fc.property(beyond, fc.bigInt({ min: -300_000n, max: 300_000n }), (integer, distance) => {
      const spelling = String(Number(integer));
      expect(parseJson(spelling)).toBe(Number(integer));
      const other = String(BigInt(spelling) + distance);
      if (distance !== 0n && Number(other) === Number(integer)) {
        expect(() => parseJson(other)).toThrow(expect.objectContaining({ code: 'json_number_range' }));
      }
    }),
    { numRuns: 5000 },
  );
});
