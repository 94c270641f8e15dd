import { describe, expect, test } from 'vitest';
import { canonicalize, canonicalizeToBytes, parseJson } from '#crypto';
import { hex, thrown, utf8 } from '../support.js';
import samples from './fixtures/rfc8785-samples.json' with { type: 'json' };

describe('the published samples', () => {
  test.each(samples)('$name', ({ input, output }) => {
    expect(canonicalize(JSON.parse(input))).toBe(output);
    expect(canonicalizeToBytes(JSON.parse(input))).toEqual(utf8(output));
    expect(canonicalize(parseJson(input))).toBe(output);
    expect(canonicalize(parseJson(output))).toBe(output);
  });
});

test('the bytes that RFC 8785, section 3.2.4 prints', () => {
  const input = `{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
    "string":"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}`;
  expect(canonicalizeToBytes(JSON.parse(input))).toEqual(
    hex(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e' +
        '756d62657273223a5b3333333333333333332e333333333333332c31652b3330' +
        '2c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac24' +
        '5c75303030665c6e4127425c225c5c5c5c5c222f227d',
    ),
  );
});

describe('numbers, RFC 8785, appendix B', () => {
  const double = (bits: string): number => {
    const bytes = hex(bits);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  };

  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('%s is %s', (bits, text) => {
    const value = double(bits);
    expect(canonicalize(value)).toBe(text);
    expect(canonicalize({ a: value })).toBe(`{"a":${text}}`);
    expect(canonicalize([value])).toBe(`[${text}]`);
    expect(canonicalize(Array.from({ length: 20 }, () => value))).toBe(`[${Array(20).fill(text).join(',')}]`);
  });

  test.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('%s is refused', (bits) => {
    const value = double(bits);
    for (const holder of [value, [value], { a: value }, Array(20).fill(value)]) {
      expect(thrown(() => canonicalize(holder))).toBe('json_not_finite');
    }
  });
});
