import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** The parts of the runtime that the package can do without, taken away while it loads. */
const OPTIONAL: readonly (readonly [object, string])[] = [
  [String.prototype, 'isWellFormed'],
  [Object.prototype, '__lookupGetter__'],
];
const removed: (() => void)[] = [];

beforeEach(() => {
  for (const [holder, name] of OPTIONAL) {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    expect(property).toBeDefined();
    Reflect.deleteProperty(holder, name);
    removed.push(() => Object.defineProperty(holder, name, property ?? {}));
  }
  vi.resetModules();
});

afterEach(() => {
  for (const restore of removed.splice(0)) restore();
});

test('older runtimes: lone surrogates are found by other means', async () => {
  const { encodeUtf8 } = await import('../../src/encoding/index.js');
  const { canonicalize, parseJson } = await import('../../src/jcs/index.js');
  const code = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return (error as { code: unknown }).code;
    }
  };
  expect(code(() => encodeUtf8('a\ud800'))).toBe('encoding_utf8');
  expect(encodeUtf8('😀')).toHaveLength(4);
  expect(code(() => canonicalize(`${'x'.repeat(10_000)}\ud800`))).toBe('json_lone_surrogate');
  expect(canonicalize(`${'x'.repeat(10_000)}😀`)).toHaveLength(10_004);
  expect(code(() => parseJson('"\ud800"'))).toBe('json_lone_surrogate');
  expect(code(() => parseJson('"\\ud800"'))).toBe('json_lone_surrogate');
});

test('hardened realms: accessors of arrays are found by other means', async () => {
  const { canonicalize } = await import('../../src/jcs/index.js');
  const getter = vi.fn(() => 1);
  const array = Object.defineProperty([1, 2], 1, { get: getter, enumerable: true });
  expect(() => canonicalize(array)).toThrow(expect.objectContaining({ code: 'json_not_plain' }) as Error);
  expect(getter).not.toHaveBeenCalled();
  expect(canonicalize([1, [2, 'x']])).toBe('[1,[2,"x"]]');
});
