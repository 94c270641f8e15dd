import { describe, expect, test } from 'vitest';
import { parseJson } from '#crypto';
import { thrown, utf8 } from '../support.js';

const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`;

describe('depth', () => {
  test('64 unless given', () => {
    expect(parseJson(arrays(64))).toStrictEqual(JSON.parse(arrays(64)));
    expect(parseJson(objects(64))).toStrictEqual(JSON.parse(objects(64)));
    expect(thrown(() => parseJson(arrays(65)))).toBe('json_too_deep');
    expect(thrown(() => parseJson(objects(65)))).toBe('json_too_deep');
  });

  test('as given', () => {
    expect(parseJson('1', { maxDepth: 0 })).toBe(1);
    expect(thrown(() => parseJson('[]', { maxDepth: 0 }))).toBe('json_too_deep');
    expect(parseJson('[{},{}]', { maxDepth: 2 })).toEqual([{}, {}]);
    expect(thrown(() => parseJson('[{},{"a":[]}]', { maxDepth: 2 }))).toBe('json_too_deep');
    expect(parseJson(objects(1000), { maxDepth: 1000 })).toStrictEqual(JSON.parse(objects(1000)));
    expect(thrown(() => parseJson(arrays(1001), { maxDepth: 1000 }))).toBe('json_too_deep');
  });

  test('a million levels, closed or not', () => {
    for (const text of [arrays(1_000_000), '['.repeat(1_000_000), '{"a":'.repeat(800_000), '[{"a":'.repeat(500_000)]) {
      expect(thrown(() => parseJson(text))).toBe('json_too_deep');
      expect(thrown(() => parseJson(utf8(text), { maxDepth: 1000 }))).toBe('json_too_deep');
    }
  });
});

describe('bytes', () => {
  test('4 MiB unless given', () => {
    const text = JSON.stringify('x'.repeat(4 * 1024 * 1024 - 2));
    expect(parseJson(text)).toHaveLength(4 * 1024 * 1024 - 2);
    expect(thrown(() => parseJson(`${text} `))).toBe('json_too_large');
    expect(thrown(() => parseJson(utf8(`${text} `)))).toBe('json_too_large');
  });

  test.each(['""', '"é"', '"€"', '"😀"', '"€€€aaaa"', `"${'é'.repeat(1000)}"`])('are those of UTF-8: %s', (text) => {
    const { length } = utf8(text);
    expect(parseJson(text, { maxBytes: length })).toBe(JSON.parse(text));
    expect(parseJson(utf8(text), { maxBytes: length })).toBe(JSON.parse(text));
    expect(thrown(() => parseJson(text, { maxBytes: length - 1 }))).toBe('json_too_large');
    expect(thrown(() => parseJson(utf8(text), { maxBytes: length - 1 }))).toBe('json_too_large');
  });

  test('a message of 100 MB is refused before it is read', () => {
    const bytes = new Uint8Array(100_000_000);
    // Not UTF-8, not JSON: whoever looks inside answers something else.
    bytes.fill(0xff);
    expect(thrown(() => parseJson(bytes))).toBe('json_too_large');
    expect(thrown(() => parseJson('\ud800'.repeat(100_000_000)))).toBe('json_too_large');
  });

  test('64 MiB are the most that can be allowed', () => {
    expect(thrown(() => parseJson(new Uint8Array(2 ** 26 + 1), { maxBytes: Infinity }))).toBe('json_too_large');
  });
});

describe('members', () => {
  test('100,000 in all unless given', () => {
    const member = (i: number): string => `"${i}":0`;
    const text = (count: number): string => `{${Array.from({ length: count }, (_, i) => member(i)).join(',')}}`;
    expect(Object.keys(parseJson(text(100_000)) as object)).toHaveLength(100_000);
    expect(thrown(() => parseJson(text(100_001)))).toBe('json_too_many_keys');
  });

  test('of all objects together', () => {
    expect(parseJson('[{"a":1},{"a":{"b":2}}]', { maxKeys: 3 })).toEqual([{ a: 1 }, { a: { b: 2 } }]);
    expect(thrown(() => parseJson('[{"a":1},{"a":{"b":2}}]', { maxKeys: 2 }))).toBe('json_too_many_keys');
    expect(parseJson('[1,{}]', { maxKeys: 0 })).toEqual([1, {}]);
    expect(thrown(() => parseJson('{"a":1}', { maxKeys: 0 }))).toBe('json_too_many_keys');
  });
});

describe('strings', () => {
  test('are measured without their escapes, names too', () => {
    expect(parseJson('{"abc":["\\u0061\\n\\"","def"]}', { maxStringLength: 3 })).toEqual({ abc: ['a\n"', 'def'] });
    for (const text of [
      '"abcd"',
      '["\\u0061bcd"]',
      '{"abcd":1}',
      '{"a":"\\n\\n\\n\\n"}',
      '"\\ud83d\\ude00\\ud83d\\ude00"',
    ]) {
      expect(thrown(() => parseJson(text, { maxStringLength: 3 }))).toBe('json_too_large');
    }
    expect(thrown(() => parseJson('"\\x\\x\\x"', { maxStringLength: 3 }))).toBe('json_syntax');
  });

  test('have no limit of their own unless given', () => {
    expect(parseJson(`"${'x'.repeat(1_000_000)}"`)).toHaveLength(1_000_000);
  });
});

test.each([
  { maxDepth: NaN },
  { maxDepth: 1001 },
  { maxDepth: Infinity },
  { maxBytes: -1 },
  { maxBytes: 0.5 },
  { maxKeys: NaN },
  { maxKeys: '3' as unknown as number },
  { maxStringLength: -Infinity },
])('%j is no limit', (limits) => {
  expect(thrown(() => parseJson('1', limits))).toBe('json_limit_invalid');
});

test('hostile text takes no longer than other text of its length', () => {
  const length = 4_000_000;
  const texts = [
    `"${'\\'.repeat(length)}"`,
    `"${'\\"'.repeat(length / 2)}"`,
    `"${'\\\\ud800'.repeat(length / 7)}"`,
    `[${'-'.repeat(length)}]`,
    `[0.${'0'.repeat(length - 10)}1]`,
    `[${'1'.repeat(length)}]`,
    ' '.repeat(length),
    `[${'"",'.repeat(length / 3)}""]`,
  ];
  const started = performance.now();
  for (const text of texts) {
    try {
      parseJson(text);
    } catch {
      // Which of them is JSON does not matter here.
    }
  }
  // Quadratic behaviour would take hours; the bound leaves room for a busy machine.
  expect(performance.now() - started).toBeLessThan(30_000);
});
