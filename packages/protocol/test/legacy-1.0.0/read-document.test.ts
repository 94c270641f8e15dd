import { CryptoError, encodeUtf8 } from '@mcps/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NotReproducibleError,
  compareCodePoints,
  dumps,
  dumpsSorted,
  toJsonObject,
} from '../../src/legacy-1.0.0/python-value.js';
import { readDocument, readObject } from '../../src/legacy-1.0.0/read-document.js';

const fromText = (text: string) => readDocument(text, 'significant');

/** A value as a parser makes it, with numbers that the strict parser takes. */
function parsed(value: unknown): Record<string, unknown> {
  const text = JSON.stringify(value, (_name, item: unknown) =>
    typeof item === 'number' && Math.abs(item) > Number.MAX_SAFE_INTEGER ? 0.5 : item,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

/** Objects with names and strings of every kind. */
const anyObject = fc
  .dictionary(
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', '0', '10', '9', 'a')),
    fc.jsonValue(),
  )
  .map(parsed);

/** Objects of which little is lost: integers, few names that are array indices. */
const reproducible = fc
  .dictionary(
    fc.string(),
    fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.double({ min: 0, max: 1, noNaN: true }))),
  )
  .map(parsed);

describe('readDocument, from text', () => {
  it('keeps the order of members and what kind a number is', () => {
    const text = ' { "10" : 1.0, "9":-0 ,\n"a":[-0.0,1E2, 7, 1e-7],"b":{"":null,"t":true,"f":false} }\t';
    expect(dumps(fromText(text))).toBe(
      '{"10": 1.0, "9": 0, "a": [-0.0, 100.0, 7, 1e-07], "b": {"": null, "t": true, "f": false}}',
    );
  });

  it('escapes all but printable ASCII, by UTF-16 code unit', () => {
    const text = String.raw`{"k\"\\\/":"\b\f\n\r\t\u0000\u001f\u007f ~é\u2028😀"}`;
    expect(dumps(fromText(text))).toBe(
      String.raw`{"k\"\\/": "\b\f\n\r\t\u0000\u001f\u007f ~\u00e9\u2028\ud83d\ude00"}`,
    );
  });

  it('reads the same value as JSON.parse', () => {
    fc.assert(
      fc.property(anyObject, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const document = fromText(text);
        expect(toJsonObject(document)).toEqual(JSON.parse(text));
        expect(JSON.parse(dumps(document))).toEqual(JSON.parse(text));
        expect(JSON.parse(dumpsSorted(document))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '',
    '{',
    '{"a":1,}',
    '{"a":1}x',
    '{"a":01}',
    '{"a":NaN}',
    '{"a":1,"a":2}',
    '{"a":"\\ud800"}',
    '{"a":1e999}',
  ])('refuses %s', (text) => {
    expect(() => fromText(text)).toThrow(CryptoError);
  });

  it('refuses text deeper than 64, and bytes that are no UTF-8', () => {
    const deep = `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`;
    expect(() => fromText(deep)).toThrow(CryptoError);
    expect(() => readDocument(new Uint8Array([0x7b, 0xff, 0x7d]), 'significant')).toThrow(CryptoError);
    expect(dumps(readDocument(encodeUtf8('{"é":1}'), 'significant'))).toBe(String.raw`{"\u00e9": 1}`);
  });

  it.each(['[]', '1', '"text"', 'null'])('refuses %s, which is no object', (text) => {
    expect(() => fromText(text)).toThrow(NotReproducibleError);
  });
});

describe('readObject', () => {
  it('agrees with the text wherever it does not refuse, whole floats apart', () => {
    let agreed = 0;
    fc.assert(
      fc.property(fc.oneof(reproducible, anyObject), (value) => {
        const text = JSON.stringify(value);
        let document;
        try {
          document = readObject(JSON.parse(text) as Record<string, unknown>, 'significant');
        } catch (error) {
          expect(error).toBeInstanceOf(NotReproducibleError);
          return;
        }
        agreed += 1;
        expect(dumps(document)).toBe(dumps(fromText(text)));
      }),
      { numRuns: 500 },
    );
    expect(agreed).toBeGreaterThan(100);
  });

  it.each([
    ['negative zero', { a: -0 }],
    ['a whole number beyond 2^53 - 1', { a: 2 ** 53 }],
    ['a large float', { a: 1e21 }],
    ['a name that is an array index, beside another', { 1: 'a', b: 'c' }],
    ['the largest array index', { 4294967294: 'a', b: 'c' }],
  ])('refuses %s', (_what, value) => {
    expect(() => readObject(value, 'significant')).toThrow(NotReproducibleError);
  });

  it.each([
    ['one name that is an array index', { 1: 'a' }, '{"1": "a"}'],
    ['a name that only looks like an array index', { 4294967295: 'a', b: 'c' }, '{"4294967295": "a", "b": "c"}'],
    ['a name with a leading zero', { '01': 'a', b: 'c' }, '{"01": "a", "b": "c"}'],
  ])('takes %s', (_what, value, text) => {
    expect(dumps(readObject(value, 'significant'))).toBe(text);
  });

  it('takes any names where they are sorted', () => {
    const value = { 10: 1, 9: 2, '\uff5e': 3, '😀': 4, b: 5 };
    expect(dumpsSorted(readObject(value, 'sorted'))).toBe(String.raw`{"10":1,"9":2,"b":5,"\uff5e":3,"\ud83d\ude00":4}`);
  });

  it.each([
    ['undefined', { a: undefined }],
    ['a function', { a: () => 1 }],
    ['not a number', { a: Number.NaN }],
    ['half of a surrogate pair', { a: '\ud800' }],
    ['a date', { a: new Date(0) }],
  ])('refuses %s', (_what, value) => {
    expect(() => readObject(value, 'significant')).toThrow(CryptoError);
  });
});

describe('compareCodePoints', () => {
  it('orders like the code points', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '😀', '𝄞', '\u{10ffff}'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareCodePoints(left, right))).toBe(Math.sign(byCodePoints(left, right)));
      }),
    );
  });
});

function byCodePoints(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0)) as [
    number[],
    number[],
  ];
  const index = a.findIndex((point, position) => point !== b[position]);
  if (index === -1) return a.length - b.length;
  return (a[index] ?? -1) - (b[index] ?? -1);
}
