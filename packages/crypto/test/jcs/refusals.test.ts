import { describe, expect, test } from 'vitest';
import type { CryptoErrorCode } from '#crypto';
import { canonicalize, canonicalizeToBytes, CryptoError } from '#crypto';
import { thrown } from '../support.js';

class Point {
  x = 1;
}

class List extends Array<number> {}

const withProperty = (target: object, name: PropertyKey, value: unknown): object =>
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });

const invoked: string[] = [];
const accessor = (target: object, name: PropertyKey): object =>
  Object.defineProperty(target, name, {
    get: () => invoked.push('getter'),
    set: () => void invoked.push('setter'),
    enumerable: true,
    configurable: true,
  });

const sparse = (length: number, ...present: number[]): unknown[] => {
  const array = Array<unknown>(length);
  for (const index of present) array[index] = index;
  return array;
};

const neither: PropertyDescriptor = { enumerable: true };
Reflect.set(neither, 'get', undefined);

/** Each at the root, in an object, in an array and far inside. */
const VALUES: readonly (readonly [string, CryptoErrorCode, unknown])[] = [
  ['NaN', 'json_not_finite', NaN],
  ['Infinity', 'json_not_finite', Infinity],
  ['-Infinity', 'json_not_finite', -Infinity],
  ['a high surrogate', 'json_lone_surrogate', 'a\ud800'],
  ['a low surrogate', 'json_lone_surrogate', '\udfffa'],
  ['surrogates in the wrong order', 'json_lone_surrogate', '\ude00\ud83d'],
  ['a surrogate behind a backslash', 'json_lone_surrogate', '\\\ud800'],
  ['a surrogate behind two backslashes', 'json_lone_surrogate', '\\\\\ud800'],
  ['a surrogate behind text that looks like one', 'json_lone_surrogate', '\\ud800\ud800'],
  ['a surrogate in 300 characters', 'json_lone_surrogate', `${'x'.repeat(300)}\udc00`],
  ['a surrogate in 100,000 characters', 'json_lone_surrogate', `${'x'.repeat(99_999)}\ud83d`],
  ['undefined', 'json_undefined', undefined],
  ['a function', 'json_function', () => 1],
  ['a class', 'json_function', Point],
  ['a symbol', 'json_symbol', Symbol('x')],
  ['a bigint', 'json_bigint', 1n],
  ['a lone surrogate in a name', 'json_lone_surrogate', { 'a\ud800': 1 }],
  ['a lone surrogate in a long name', 'json_lone_surrogate', { [`${'x'.repeat(500)}\udc00`]: 'a' }],
  ['a symbol as a key', 'json_symbol', withProperty({ a: 1 }, Symbol('x'), 1)],
  ['a symbol as a key of an array', 'json_symbol', withProperty([1], Symbol('x'), 1)],
  ['a symbol as the only key', 'json_symbol', { [Symbol.iterator]: 1 }],
  ['an array with a hole in front', 'json_sparse_array', sparse(3, 1, 2)],
  ['an array with a hole inside', 'json_sparse_array', sparse(3, 0, 2)],
  ['an array with a hole at the end', 'json_sparse_array', sparse(3, 0, 1)],
  ['an array of holes', 'json_sparse_array', sparse(5)],
  ['the longest array of holes', 'json_sparse_array', sparse(2 ** 32 - 1)],
  ['a long array with a hole', 'json_sparse_array', sparse(30, ...Array.from({ length: 29 }, (_, i) => i))],
  ['a hole and as many other properties', 'json_sparse_array', withProperty(sparse(3, 0, 2), 'x', 1)],
  ['an array with another property', 'json_not_plain', withProperty([1, 2], 'x', 1)],
  ['an array with an index beyond all', 'json_not_plain', withProperty([1, 2], '4294967295', 1)],
  ['an empty array with another property', 'json_not_plain', withProperty([], '-1', 1)],
  ['what a regular expression finds', 'json_not_plain', /b/.exec('abc')],
  ['an array with an element that is not enumerable', 'json_not_plain', Object.defineProperty([1], 1, { value: 2 })],
  ['a Date', 'json_not_plain', new Date(0)],
  ['a Map', 'json_not_plain', new Map([['a', 1]])],
  ['a Set', 'json_not_plain', new Set([1])],
  ['a regular expression', 'json_not_plain', /a/],
  ['an Error', 'json_not_plain', new Error('x')],
  ['a promise', 'json_not_plain', Promise.resolve(1)],
  ['bytes', 'json_not_plain', new Uint8Array(2)],
  ['a class instance', 'json_not_plain', new Point()],
  ['an array of a class', 'json_not_plain', List.of(1)],
  ['an array without its prototype', 'json_not_plain', Object.setPrototypeOf([1], null)],
  ['an object that inherits', 'json_not_plain', Object.create({ a: 1 })],
  ['a boxed number', 'json_not_plain', Object(1)],
  ['a boxed string', 'json_not_plain', Object('a')],
  ['a boxed boolean', 'json_not_plain', Object(false)],
  ['a boxed bigint', 'json_not_plain', Object(1n)],
  ['a boxed symbol', 'json_not_plain', Object(Symbol('x'))],
  ['a toJSON method of its own', 'json_not_plain', { a: 1, toJSON: () => 'x' }],
  ['a toJSON method of an array', 'json_not_plain', withProperty([1], 'toJSON', () => 'x')],
  ['Math', 'json_not_plain', withProperty(Object.create(Math) as object, 'a', 1)],
  ['a getter', 'json_not_plain', accessor({ a: 1 }, 'b')],
  ['a getter called __proto__', 'json_not_plain', accessor({ a: 1 }, '__proto__')],
  ['an element with a getter', 'json_not_plain', accessor([1, 2], 1)],
  [
    'an element with a getter in a long array',
    'json_not_plain',
    accessor(
      Array.from({ length: 30 }, (_, i) => i),
      29,
    ),
  ],
  [
    'a setter alone',
    'json_not_plain',
    Object.defineProperty({}, 'a', { set: () => invoked.push('setter'), enumerable: true }),
  ],
  [
    'an element with a setter alone',
    'json_not_plain',
    Object.defineProperty([], 0, { set: () => invoked.push('setter'), enumerable: true }),
  ],
  ['an accessor with neither', 'json_not_plain', Object.defineProperty({}, 'a', neither)],
];

describe.each(VALUES)('%s', (_, code, value) => {
  const filler = Array.from({ length: 30 }, (_unused, i) => i);

  test.each([
    ['at the root', value],
    ['as a member', { a: 1, b: value, c: 'x' }],
    ['as the only member', { b: value }],
    ['as an element', ['x', value, 1]],
    ['at the end of a long array', [...filler, value]],
    ['far inside', { a: [{ b: [[{ c: value }]] }], z: 'y'.repeat(10_000) }],
  ])('%s', (_where, holder) => {
    expect(thrown(() => canonicalize(holder))).toBe(code);
    expect(thrown(() => canonicalizeToBytes(holder))).toBe(code);
    expect(invoked).toEqual([]);
  });
});

/** What JSON.parse never makes, but a copy may hold all the same. */
const IN_COPIES = new Set<CryptoErrorCode>([
  'json_not_finite',
  'json_lone_surrogate',
  'json_undefined',
  'json_function',
  'json_bigint',
]);

describe('a value that is said to be plain', () => {
  const plain = VALUES.filter(([name, code]) => IN_COPIES.has(code) || name === 'a symbol' || name.includes('hole'));

  test.each(plain.filter(([name]) => !name.includes('other properties') && !name.includes('of holes')))(
    '%s is refused all the same',
    (_, code, value) => {
      const options = { assumePlain: true };
      for (const holder of [value, { a: 1, b: value, c: 'x' }, ['x', value], { a: [{ b: [[{ c: value }]] }] }]) {
        expect(thrown(() => canonicalize(holder, options))).toBe(code);
        expect(thrown(() => canonicalizeToBytes(holder, options))).toBe(code);
      }
    },
  );

  test('cycles, depth, sizes and own toJSON methods are refused all the same', () => {
    const itself: Record<string, unknown> = {};
    itself['self'] = itself;
    expect(thrown(() => canonicalize(itself, { assumePlain: true }))).toBe('json_cycle');
    expect(thrown(() => canonicalize([[1]], { assumePlain: true, maxDepth: 1 }))).toBe('json_too_deep');
    expect(thrown(() => canonicalize(['xx'], { assumePlain: true, maxBytes: 5 }))).toBe('json_too_large');
    expect(thrown(() => canonicalize(['xx'], { assumePlain: true, maxStringLength: 1 }))).toBe('json_too_large');
    expect(thrown(() => canonicalize({ xx: 1 }, { assumePlain: true, maxStringLength: 1 }))).toBe('json_too_large');
    expect(thrown(() => canonicalize({ toJSON: () => 1 }, { assumePlain: true }))).toBe('json_not_plain');
  });

  test('an own __proto__ is a member', () => {
    const value: unknown = JSON.parse('{"b":1,"__proto__":{"a":2}}');
    expect(canonicalize(value, { assumePlain: true })).toBe('{"__proto__":{"a":2},"b":1}');
  });
});

describe('cycles', () => {
  test('of every kind', () => {
    const itself: Record<string, unknown> = {};
    itself['self'] = itself;
    const array: unknown[] = [1];
    array.push(array);
    const a: Record<string, unknown> = { x: 1 };
    const b = [a];
    a['b'] = { b };
    const below = { harmless: [[]], ring: { a } };
    for (const value of [itself, array, a, b, below, [[[itself]]], { list: [1, array] }]) {
      expect(thrown(() => canonicalize(value))).toBe('json_cycle');
      expect(thrown(() => canonicalize(value, { maxDepth: 1000 }))).toBe('json_cycle');
    }
  });

  test('one that two ways lead through takes no longer', () => {
    const node: Record<string, unknown> = {};
    for (let i = 0; i < 50; i += 1) node[`way${i}`] = node;
    expect(thrown(() => canonicalize(node))).toBe('json_cycle');
  });

  test('a shared value deep down is no cycle', () => {
    const shared = { a: 1 };
    let value: unknown = [shared];
    for (let i = 0; i < 63; i += 1) value = [shared, value];
    expect(thrown(() => canonicalize(value))).toBe('json_too_deep');
  });
});

describe('what runs code of the value', () => {
  test('no inherited toJSON is asked, of objects, arrays and strings', () => {
    const polluted = [Object.prototype, Array.prototype, String.prototype, Number.prototype];
    try {
      for (const prototype of polluted) {
        Object.defineProperty(prototype, 'toJSON', { value: () => 'poison', configurable: true });
      }
      expect(canonicalize({ b: ['x\n', 1], a: Array.from({ length: 20 }, (_, i) => i) })).toBe(
        '{"a":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19],"b":["x\\n",1]}',
      );
    } finally {
      for (const prototype of polluted) Reflect.deleteProperty(prototype, 'toJSON');
    }
  });

  test('a proxy is read once: what was checked is what is written', () => {
    let reads = 0;
    const proxy = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: () => {
          reads += 1;
          return { value: reads, enumerable: true, configurable: true, writable: true };
        },
        get: () => 'other',
      },
    );
    const text = canonicalize(proxy);
    expect(text).toBe(`{"a":${reads}}`);
  });

  test('a proxy whose members vanish is refused', () => {
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => ['a'],
        getOwnPropertyDescriptor: (() => {
          let calls = 0;
          return () => (++calls === 1 ? { value: 1, enumerable: true, configurable: true } : undefined);
        })(),
      },
    );
    expect(thrown(() => canonicalize(proxy))).toBe('json_not_plain');
  });

  test('a call within a call does not disturb it', () => {
    let inner = '';
    const proxy = new Proxy(
      { a: 1 },
      {
        getPrototypeOf: (target) => {
          inner = canonicalize({ z: 'y'.repeat(5000) });
          return Reflect.getPrototypeOf(target);
        },
      },
    );
    const head = 'x'.repeat(5000);
    expect(canonicalize([head, proxy, 'tail'])).toBe(`["${head}",{"a":1},"tail"]`);
    expect(inner).toHaveLength(5008);
  });
});

test('an error says nothing of the value', () => {
  const secret = 'c2VjcmV0IGtleQ';
  for (const value of [
    { [`${secret}\ud800`]: 1 },
    `${secret}\ud800`,
    { [secret]: undefined },
    { [secret]: () => secret },
  ]) {
    try {
      canonicalize(value);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CryptoError);
      expect(String(error)).not.toContain(secret);
      expect((error as CryptoError).cause).toBeUndefined();
    }
  }
});
