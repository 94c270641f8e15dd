import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors/index.js';
import { checkMessageLimits, resolveMessageLimits, snapshot } from '../../src/json-rpc/index.js';
import type { MessageLimits } from '../../src/json-rpc/index.js';
import { deepFreeze, jsonValue, textOf } from '../support/messages.js';
import { reasonOf } from '../support/refusal.js';

const nested = (depth: number, inner: unknown = 1): unknown => {
  let value = inner;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? { a: value } : [value];
  return value;
};

const limited = (value: unknown, limits: MessageLimits) =>
  reasonOf(() => {
    checkMessageLimits(value, resolveMessageLimits(limits));
  });

describe('snapshot', () => {
  it('is the same JSON value, and shares nothing with it', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = textOf(value);
        const copy = snapshot(deepFreeze(value));
        expect(textOf(copy)).toBe(text);
        expectNothingShared(copy, value);
      }),
    );
  });

  it('does not follow what is done to the original afterwards', () => {
    const original = { params: { list: [1, { deep: true }] } };
    const copy = snapshot(original);
    original.params.list.push(2);
    (original.params.list[1] as { deep: boolean }).deep = false;
    expect(copy).toEqual({ params: { list: [1, { deep: true }] } });
  });

  it('drops members that are undefined and keeps what canonicalisation has to refuse', () => {
    const symbol = Symbol('s');
    const run = () => 1;
    const copy = snapshot({ gone: undefined, nan: Number.NaN, symbol, run, big: 1n, list: [undefined] });
    expect(copy).toStrictEqual({ nan: Number.NaN, symbol, run, big: 1n, list: [undefined] });
  });

  it('writes -0 as 0, as its canonical form does', () => {
    expect(Object.is((snapshot({ a: -0 }) as { a: number }).a, 0)).toBe(true);
  });

  it('copies an own __proto__ as data', () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":1}}');
    const copy = snapshot(value) as Record<string, unknown>;
    // Fails where the copy is made by assignment: the member would become the prototype.
    expect(Object.hasOwn(copy, '__proto__')).toBe(true);
    expect(copy['admin']).toBeUndefined();
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(textOf(copy)).toBe(textOf(value));
  });

  it('reads a getter once', () => {
    let reads = 0;
    const copy = snapshot({
      get method() {
        reads += 1;
        return `m${String(reads)}`;
      },
    }) as { method: string };
    expect([copy.method, copy.method, reads]).toEqual(['m1', 'm1', 1]);
  });

  it.each([
    new Date(0),
    new Map(),
    new (class Custom {
      a = 1;
    })(),
    Object.create({ a: 1 }),
    new Uint8Array(2),
    /x/,
    new Error('x'),
  ])('refuses %s, an object that is more than its members', (value) => {
    expect(reasonOf(() => snapshot({ a: value }))).toBe('message_not_canonical');
  });

  it('takes objects without a prototype', () => {
    const bare: object = Object.assign(Object.create(null) as object, { a: 1 });
    expect(snapshot(bare)).toStrictEqual({ a: 1 });
  });
});

describe('limits', () => {
  it('counts containers in containers', () => {
    expect(limited(nested(64), {})).toBeUndefined();
    expect(limited(nested(65), {})).toBe('message_too_deep');
    expect(limited(nested(3), { maxDepth: 3 })).toBeUndefined();
    expect(limited(nested(4), { maxDepth: 3 })).toBe('message_too_deep');
    expect(limited(nested(512), { maxDepth: 512 })).toBeUndefined();
  });

  it('refuses a million levels and a cycle without overflowing', () => {
    expect(limited(nested(1_000_000), {})).toBe('message_too_deep');
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(limited(cycle, { maxDepth: 512 })).toBe('message_too_deep');
  });

  it('counts the members of all objects together', () => {
    const value = [{ a: 1, b: 2 }, { c: [{ d: 4 }] }];
    expect(limited(value, { maxKeys: 4 })).toBeUndefined();
    expect(limited(value, { maxKeys: 3 })).toBe('message_too_large');
    expect(limited(Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [i, i])), {})).toBe(
      'message_too_large',
    );
  });

  it('counts the elements of all arrays together', () => {
    const value = { a: [1, 2], b: [[3]] };
    expect(limited(value, { maxElements: 4 })).toBeUndefined();
    expect(limited(value, { maxElements: 3 })).toBe('message_too_large');
    expect(limited({ a: new Array<number>(4_000_000_000) }, {})).toBe('message_too_large');
  });

  it('measures each string and name, and all together', () => {
    expect(limited({ a: 'xxxx' }, { maxStringLength: 4 })).toBeUndefined();
    expect(limited({ a: 'xxxxx' }, { maxStringLength: 4 })).toBe('message_too_large');
    expect(limited({ aaaaa: 'x' }, { maxStringLength: 4 })).toBe('message_too_large');
    expect(limited({ a: ['xxx', 'xxx'] }, { maxTextLength: 7 })).toBeUndefined();
    expect(limited({ a: ['xxx', 'xxxx'] }, { maxTextLength: 7 })).toBe('message_too_large');
  });

  it.each([
    { maxDepth: 0 },
    { maxDepth: 513 },
    { maxKeys: -1 },
    { maxElements: 1.5 },
    { maxStringLength: Number.NaN },
    { maxTextLength: Infinity },
  ])('refuses %j as limits', (limits) => {
    expect(() => resolveMessageLimits(limits)).toThrow(ConfigurationError);
  });
});

function expectNothingShared(copy: unknown, original: unknown): void {
  if (typeof original !== 'object' || original === null) return;
  expect(copy).not.toBe(original);
  for (const name of Object.keys(original)) {
    expectNothingShared((copy as Record<string, unknown>)[name], (original as Record<string, unknown>)[name]);
  }
}
