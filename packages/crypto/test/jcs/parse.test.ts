import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalize, CryptoError, parseJson } from '#crypto';
import { concat, hex, thrown, utf8 } from '../support.js';
import { identical } from './identical.js';

describe('takes', () => {
  test.each([
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1.5e-3',
    '1E2',
    '""',
    '"\\u0000\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"\\ud83d\\ude00 \\uD83D\\uDE00 \\\\ud800"',
    '[]',
    '{}',
    ' [ 1 , 2 ] ',
    '\t\r\n{ "a" : [ ] , "b" : { } }\n',
    '[[[]],{"a":{"b":[1,"x",null]}}]',
    '{"":0," ":1}',
    '["\u2028\u2029\u007f\ufeff"]',
    '{"a":"\\\\","b":"\\\\\\"","c":"]}"}',
  ])('%s', (text) => {
    expect(identical(parseJson(text), JSON.parse(text))).toBe(true);
    expect(identical(parseJson(utf8(text)), JSON.parse(text))).toBe(true);
  });

  test('bytes that lie inside of a larger buffer', () => {
    expect(parseJson(utf8('xx{"a":1}xx').subarray(2, 9))).toEqual({ a: 1 });
  });

  test('names of the prototype, as properties of the object itself', () => {
    const value = parseJson('{"__proto__":{"polluted":true},"constructor":1,"toString":2,"hasOwnProperty":3}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).toEqual({ polluted: true });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(canonicalize(value)).toBe('{"__proto__":{"polluted":true},"constructor":1,"hasOwnProperty":3,"toString":2}');
  });
});

describe('refuses', () => {
  test.each([
    ['nothing', ''],
    ['white space alone', ' \n'],
    ['a byte order mark', '\ufeff{}'],
    ['a comma at the end of an array', '[1,]'],
    ['a comma at the end of an object', '{"a":1,}'],
    ['a comma in front', '[,1]'],
    ['two commas', '[1,,2]'],
    ['no comma', '[1 2]'],
    ['no comma between members', '{"a":1 "b":2}'],
    ['no colon', '{"a" 1}'],
    ['no value', '{"a":}'],
    ['no name', '{:1}'],
    ['a name without quotation marks', '{a:1}'],
    ['a number as a name', '{1:1}'],
    ['single quotation marks', "['a']"],
    ['an array that does not end', '[1'],
    ['an array that has just begun', '['],
    ['an object that does not end', '{"a":1'],
    ['an object that has just begun', '{'],
    ['the wrong bracket', '[1}'],
    ['the wrong brace', '{"a":1]'],
    ['a string that does not end', '"a'],
    ['a string that ends in an escape', '"a\\"'],
    ['an escape that is none', '"\\x41"'],
    ['an escape of three digits', '"\\u004"'],
    ['an escape that is no number', '"\\u00g0"'],
    ['a control character in a string', '"a\u0001"'],
    ['a line feed in a string', '"a\nb"'],
    ['a tab in a name', '{"a\tb":1}'],
    ['a comment', '[1/*x*/]'],
    ['a comment in front', '//x\n1'],
    ['an upper-case literal', 'True'],
    ['a literal cut short', 'nul'],
    ['a literal that goes on', 'nulls'],
    ['NaN', 'NaN'],
    ['Infinity', '[Infinity]'],
    ['undefined', 'undefined'],
    ['a plus', '+1'],
    ['a leading zero', '01'],
    ['a negative leading zero', '-01'],
    ['a minus alone', '-'],
    ['no digit in front of the point', '.5'],
    ['no digit behind the point', '1.'],
    ['no digit in the exponent', '1e'],
    ['hexadecimal', '0x10'],
    ['a bigint', '1n'],
    ['a separator', '1_000'],
    ['digits of another script', '١'],
    ['a no-break space', '[1,\u00a02]'],
    ['a form feed', '[1,\f2]'],
    ['a vertical tab at the end', '1\v'],
    ['NUL in front', '\u00001'],
  ])('%s', (_, text) => {
    const code = thrown(() => parseJson(text));
    expect(code === 'json_trailing_data' ? 'json_syntax' : code).toBe('json_syntax');
    expect(thrown(() => parseJson(utf8(text)))).toBe(code);
  });

  test.each(['{} {}', '1 2', 'null,', '[]]', '{}}', '""x', '{"a":1}//', '[1]\u0000', '"a" "b"', '[]\ufeff'])(
    'data after the value: %j',
    (text) => {
      expect(thrown(() => parseJson(text))).toBe('json_trailing_data');
    },
  );

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"\\u0061":1,"a":2}',
    '{"é":1,"\\u00e9":2}',
    '{"😀":1,"\\ud83d\\ude00":2}',
    '{"":1,"":2}',
    '{"a":{},"b":1,"a":{}}',
    '{"a":{"x":1,"y":2},"a":3}',
    '{"a":3,"a":{"x":1,"y":2}}',
    '{"__proto__":1,"__proto__":2}',
    '{"__proto__":{"a":1},"__proto__":{}}',
    '{"1":1,"1":2}',
    '[[{"x":[{"a":1,"b":2,"a":3}]}]]',
    '{"a":[{"b":1},{"b":1,"b":2}]}',
  ])('a name that comes twice: %s', (text) => {
    expect(thrown(() => parseJson(text))).toBe('json_duplicate_key');
  });

  test('names that only look alike are different', () => {
    expect(parseJson('{"a":1,"A":2,"\u00e9":3,"e\u0301":4,"\\\\u0061":5}')).toEqual({
      a: 1,
      A: 2,
      '\u00e9': 3,
      'e\u0301': 4,
      '\\u0061': 5,
    });
    expect(parseJson('[{"a":1},{"a":2},{"b":{"a":3},"a":4}]')).toHaveLength(3);
  });

  test.each([
    '9007199254740993',
    '-9007199254740993',
    '9007199254740994001',
    '1152921504606846976',
    '18446744073709551615',
    '12345678901234567890',
    '1000000000000000000000',
    '1e309',
    '-1e309',
    '1e400',
    '1e99999999999',
    `1${'0'.repeat(400)}`,
    `${'9'.repeat(310)}.5`,
    '1e-324',
    '-1e-324',
    '0.1e-400',
    '1e-99999999999',
    `0.${'0'.repeat(400)}1`,
    '123.456E-400',
  ])('a number that a double does not hold: %s', (number) => {
    for (const text of [number, `[${number}]`, `{"a":${number}}`, ` ${number} `]) {
      expect(thrown(() => parseJson(text))).toBe('json_number_range');
    }
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740991.0', 9007199254740991],
    ['9.007199254740991e15', 9007199254740991],
    ['900719925474099', 900719925474099],
    ['1e15', 1e15],
    ['9007199254740992', 2 ** 53],
    ['-9007199254740992', -(2 ** 53)],
    ['9007199254740992.0', 2 ** 53],
    ['9007199254740991.9', 2 ** 53],
    ['1152921504606847000', 2 ** 60],
    ['18446744073709552000', 2 ** 64],
    ['-100000000000000000000', -1e20],
    ['1e16', 1e16],
    ['1e+21', 1e21],
    ['1e21', 1e21],
    ['-1.5E300', -1.5e300],
    ['0.1', 0.1],
    ['0.10000000000000000555', 0.1],
    ['5e-324', 5e-324],
    ['3e-324', 5e-324],
    ['0', 0],
    ['0.0', 0],
    ['0e5', 0],
    ['0e999999', 0],
    ['0.000E-400', 0],
    ['-0', -0],
    ['-0.0e-9', -0],
    ['1.7976931348623157e-300', 1.7976931348623157e-300],
  ])('but not %s', (text, number) => {
    expect(parseJson(text)).toBe(number);
    expect(parseJson(`{"a":[${text}]}`)).toStrictEqual({ a: [number] });
  });

  test.each([
    '"\\ud800"',
    '"\\uDBFF"',
    '"a\\udc00"',
    '"\\uDFFFa"',
    '"\\ud800\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83dx\\ude00"',
    '{"\\ud800":1}',
    '{"a":{"b":["\\\\\\ud800"]}}',
    '["\\\\ud800","\\\\\\ud800"]',
    '"\ud800"',
    '{"a\udfff":1}',
    '"\ud83d\\ude00"',
  ])('a lone surrogate: %j', (text) => {
    expect(thrown(() => parseJson(text))).toBe('json_lone_surrogate');
  });

  test.each([
    ['a continuation byte', '80'],
    ['a sequence cut short', 'e282'],
    ['an overlong quotation mark', 'c0a2'],
    ['a surrogate', 'eda080'],
    ['beyond Unicode', 'f4908080'],
  ])('bytes that are not UTF-8: %s', (_, bytes) => {
    expect(thrown(() => parseJson(concat(utf8('["'), hex(bytes), utf8('"]'))))).toBe('json_invalid_utf8');
    expect(thrown(() => parseJson(concat(utf8('[]'), hex(bytes))))).toBe('json_invalid_utf8');
  });

  test('UTF-16 and a byte order mark in bytes', () => {
    expect(thrown(() => parseJson(hex('efbbbf7b7d')))).toBe('json_syntax');
    expect(thrown(() => parseJson(hex('7b007d00')))).toBe('json_syntax');
    expect(thrown(() => parseJson(hex('fffe7b007d00')))).toBe('json_invalid_utf8');
  });

  test('what is neither text nor bytes', () => {
    for (const source of [undefined, null, 1, {}, ['[]'], new ArrayBuffer(2), Object('{}')]) {
      expect(thrown(() => parseJson(source as string))).toBe('input_not_bytes');
    }
  });
});

test('an error says nothing of the text', () => {
  const secret = 'c2VjcmV0IGtleQ';
  const texts = [
    `{"d":"${secret}"`,
    `{"d":"${secret}"}x`,
    `{"d":"${secret}\u0001"}`,
    `{"${secret}":1,"${secret}":2}`,
    secret,
  ];
  for (const text of texts) {
    try {
      parseJson(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CryptoError);
      expect(String(error)).not.toContain(secret);
      expect((error as CryptoError).cause).toBeUndefined();
    }
  }
});

test('takes no text that JSON.parse refuses, and gives the same value', () => {
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '"a"',
      '"b"',
      '1',
      '0',
      '-',
      '.',
      'e',
      'E',
      '+',
      ' ',
      '\n',
      'null',
    ],
    ...['true', '\\u0061', '\\ud83d', '\\ude00', '"a":', '{"b":1}', '[]', '\u0001', '\u00a0', '1e400', '1e-400'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      let value: unknown;
      try {
        value = parseJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(CryptoError);
        return;
      }
      expect(identical(value, JSON.parse(text))).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});
