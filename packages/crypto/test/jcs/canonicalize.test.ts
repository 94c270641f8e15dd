import { describe, expect, test } from 'vitest';
import { canonicalize, canonicalizeToBytes } from '#crypto';
import { thrown, utf8 } from '../support.js';
import { reference } from './reference.js';

describe('literals, strings, containers', () => {
  test.each([
    [null, 'null'],
    [true, 'true'],
    [false, 'false'],
    ['', '""'],
    ['a', '"a"'],
    [[], '[]'],
    [{}, '{}'],
    [[[], {}], '[[],{}]'],
    [[null, true, 0, 'a'], '[null,true,0,"a"]'],
    [{ a: null, b: {}, c: [] }, '{"a":null,"b":{},"c":[]}'],
    [{ b: 'x', a: 'y', c: 1, d: 'z', e: { f: 'g' } }, '{"a":"y","b":"x","c":1,"d":"z","e":{"f":"g"}}'],
  ])('%j', (value, text) => {
    expect(canonicalize(value)).toBe(text);
  });

  test('every code unit that is no surrogate, in a value and in a name', () => {
    const points = Array.from({ length: 0xd800 }, (_, i) => i).concat(
      Array.from({ length: 0x2000 }, (_, i) => 0xe000 + i),
    );
    for (const point of points) {
      const character = String.fromCharCode(point);
      const quoted = reference(character);
      expect(
        canonicalize(character) === quoted && canonicalize({ [character]: character }) === `{${quoted}:${quoted}}`,
        `U+${point.toString(16)}`,
      ).toBe(true);
    }
  });

  test.each([255, 256, 257, 4094, 4095, 4096, 4097, 100_000])('strings of %i characters', (length) => {
    for (const character of ['a', '\n', 'é', '€', '\\']) {
      const text = character.repeat(length);
      expect(canonicalize(text)).toBe(reference(text));
      expect(canonicalize({ b: [text, 1], a: text, c: text })).toBe(reference({ b: [text, 1], a: text, c: text }));
    }
    const pairs = '😀'.repeat(length);
    expect(canonicalizeToBytes([pairs])).toEqual(utf8(JSON.stringify([pairs])));
  });

  test('text that looks like the escape of a surrogate is text', () => {
    for (const text of ['\\ud800', '\\\\ud800', 'a\\udfff', '"\\ud800', '\\ud83d\\ude00', '\\u0064']) {
      expect(canonicalize(text)).toBe(reference(text));
      expect(canonicalize({ [text]: [text] })).toBe(reference({ [text]: [text] }));
    }
  });

  test.each([15, 16, 17, 5000])('arrays of %i literals', (length) => {
    const literals = Array.from({ length }, (_, i) => (i % 7 === 0 ? null : i % 5 === 0 ? i % 2 === 0 : i / 3));
    expect(canonicalize(literals)).toBe(reference(literals));
    const mixed = [...literals, 'x', ...literals];
    expect(canonicalize({ a: mixed, b: literals })).toBe(reference({ a: mixed, b: literals }));
  });

  test('the same value twice is no cycle', () => {
    const shared = { a: [1] };
    expect(canonicalize({ x: shared, y: [shared, shared] })).toBe('{"x":{"a":[1]},"y":[{"a":[1]},{"a":[1]}]}');
  });

  test('objects without a prototype, frozen and sealed ones', () => {
    const bare: unknown = Object.assign(Object.create(null), { b: 1, a: 2 });
    expect(canonicalize(bare)).toBe('{"a":2,"b":1}');
    expect(canonicalize(Object.freeze([Object.freeze({ b: 1, a: 2 }), Object.seal({ c: 3 })]))).toBe(
      '[{"a":2,"b":1},{"c":3}]',
    );
  });

  test('properties that are not enumerable are no part of the value', () => {
    const value = Object.defineProperty({ a: 1 }, 'hidden', { value: () => 1 });
    Object.defineProperty(value, Symbol('hidden'), { value: 1 });
    expect(canonicalize(value)).toBe('{"a":1}');
  });
});

describe('order of members', () => {
  test('by UTF-16 code units, not by code points', () => {
    expect(canonicalize({ '\ufb33': 1, '😀': 2 })).toBe('{"😀":2,"\ufb33":1}');
  });

  test('not by locale, not by case, not by number', () => {
    const value = { é: 1, f: 2, e: 3, E: 4, 10: 5, 9: 6, 1: 7, '': 8, '-1': 9, 'e\u0301': 10 };
    expect(canonicalize(value)).toBe('{"":8,"-1":9,"1":7,"10":5,"9":6,"E":4,"e":3,"e\u0301":10,"f":2,"é":1}');
  });

  test('names that are numbers', () => {
    const value = JSON.parse('{"b":1,"4294967295":2,"4294967294":3,"10":4,"2":5,"01":6}') as unknown;
    expect(canonicalize(value)).toBe('{"01":6,"10":4,"2":5,"4294967294":3,"4294967295":2,"b":1}');
  });

  test('names of the prototype', () => {
    const text = '{"__proto__":{"a":1},"constructor":2,"hasOwnProperty":3,"toString":4,"valueOf":5}';
    expect(canonicalize(JSON.parse(text))).toBe(text);
    const own = Object.defineProperty({ z: 1 }, '__proto__', { value: 'x', enumerable: true, configurable: true });
    expect(canonicalize(own)).toBe('{"__proto__":"x","z":1}');
  });

  test.each([1, 2, 11, 12, 13, 24, 25, 300])('objects of %i members', (count) => {
    const names = Array.from({ length: count }, (_, i) => `name${(i * 7919) % 1009}`);
    const value = Object.fromEntries(names.map((name, i) => [name, i % 3 === 0 ? name : i]));
    for (let again = 0; again < 20; again += 1) expect(canonicalize(value)).toBe(reference(value));
  });

  test('what is remembered of other objects never shows', () => {
    const letters = 'abcdefghij';
    const objects: Record<string, unknown>[] = [];
    for (let i = 0; i < 20_000; i += 1) {
      const names = Array.from({ length: 1 + (i % 5) }, (_, k) => letters.charAt((i * (k + 3) + ((i * k) >> 3)) % 10));
      // Some names are too long to be remembered, some objects have the same names in another order.
      if (i % 11 === 0) names.push('long'.repeat(20));
      objects.push(Object.fromEntries(names.map((name, k) => [i % 13 === 0 ? `${name}${i}` : name, k % 2 ? 'v' : k])));
    }
    const wrong = objects.filter((object) => canonicalize(object) !== reference(object));
    expect(wrong).toEqual([]);
  });
});

describe('limits', () => {
  const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

  test('depth', () => {
    expect(canonicalize(nested(64))).toBe('['.repeat(64) + ']'.repeat(64));
    expect(thrown(() => canonicalize(nested(65)))).toBe('json_too_deep');
    expect(canonicalize(nested(1000), { maxDepth: 1000 })).toHaveLength(2000);
    expect(thrown(() => canonicalize(nested(1001), { maxDepth: 1000 }))).toBe('json_too_deep');
    expect(canonicalize('scalar', { maxDepth: 0 })).toBe('"scalar"');
    expect(thrown(() => canonicalize([], { maxDepth: 0 }))).toBe('json_too_deep');
    expect(thrown(() => canonicalize({ a: { b: 1 } }, { maxDepth: 1 }))).toBe('json_too_deep');
  });

  test('a million levels are refused, not walked', () => {
    let array: unknown = [];
    let object: unknown = {};
    for (let i = 0; i < 1_000_000; i += 1) {
      array = [array];
      object = { a: object };
    }
    expect(thrown(() => canonicalize(array))).toBe('json_too_deep');
    expect(thrown(() => canonicalize(object))).toBe('json_too_deep');
  });

  test.each(['', 'text', 'é', '€', '😀', '"\n', 'x'.repeat(5000), '€'.repeat(5000)])('bytes of %j', (text) => {
    const value = { name: [text, text] };
    const { length } = utf8(JSON.stringify(value));
    expect(utf8(canonicalize(value, { maxBytes: length }))).toHaveLength(length);
    expect(canonicalizeToBytes(value, { maxBytes: length })).toHaveLength(length);
    expect(thrown(() => canonicalize(value, { maxBytes: length - 1 }))).toBe('json_too_large');
    expect(thrown(() => canonicalizeToBytes(value, { maxBytes: length - 1 }))).toBe('json_too_large');
  });

  test('a value that repeats itself without end in sight is cut off', () => {
    let value: unknown = 'x'.repeat(50);
    for (let i = 0; i < 60; i += 1) value = [value, value];
    expect(thrown(() => canonicalize(value, { maxBytes: 100_000 }))).toBe('json_too_large');
  });

  test('text beyond 64 MiB is refused whatever the caller allows', () => {
    const text = 'x'.repeat(2 ** 26);
    expect(thrown(() => canonicalize(text, { maxBytes: Infinity }))).toBe('json_too_large');
    expect(thrown(() => canonicalize([text, text]))).toBe('json_too_large');
  });

  test('length of strings and names', () => {
    expect(canonicalize({ abc: ['def', 'ghi'] }, { maxStringLength: 3 })).toBe('{"abc":["def","ghi"]}');
    const long = 'x'.repeat(300);
    for (const value of ['abcd', ['abcd'], { a: 'abcd' }, { abcd: 1 }, { abcd: 'a' }, { a: long }, [long], ['a\nbc']]) {
      expect(thrown(() => canonicalize(value, { maxStringLength: 3 }))).toBe('json_too_large');
    }
  });

  test.each([
    { maxDepth: NaN },
    { maxDepth: -1 },
    { maxDepth: 1.5 },
    { maxDepth: 1001 },
    { maxDepth: Infinity },
    { maxBytes: NaN },
    { maxBytes: -1 },
    { maxStringLength: '5' as unknown as number },
    { maxBytes: null as unknown as number },
  ])('%j is no limit', (limits) => {
    expect(thrown(() => canonicalize(1, limits))).toBe('json_limit_invalid');
    expect(thrown(() => canonicalizeToBytes(1, limits))).toBe('json_limit_invalid');
  });
});
