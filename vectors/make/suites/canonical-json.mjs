import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'canonical-json',
  layer: 'crypto',
  description:
    'Values and their RFC 8785 text. What JSON cannot write is tagged: {"$undefined":true}, {"$number":"NaN"}, {"$bigint":"1"}, {"$symbol":true}, {"$function":true}, {"$utf16":["d800"]} (a string of UTF-16 code units), {"$entries":[[name,value]]} (an object with members in this order, names may be tagged), {"$sparse":3} (an array of that length with holes), {"$nest":n} (n arrays inside one another), {"$date":0}, {"$map":true}, {"$cycle":true} (an object that holds itself), {"$tojson":true} (a plain object with a toJSON function).',
  input: { required: ['value'], properties: { value: {}, maxDepth: { type: 'integer' } }, additionalProperties: false },
});
export default suite;

const ok = (id, title, rule, value, text, extra = {}) => suite.accept(id, title, rule, { value, ...extra }, { text });
const no = (id, title, rule, value, code, extra = {}) => suite.reject(id, title, rule, { value, ...extra }, code);

ok('empty-object', 'an empty object', 'An object without members is {}.', {}, '{}');
ok('empty-array', 'an empty array', 'An array without elements is [].', [], '[]');
ok('literals', 'null, true and false', 'Literals are written in lower case.', [null, true, false], '[null,true,false]');
ok(
  'no-space',
  'nesting without white space',
  'No white space stands between tokens.',
  { a: [1, { b: 2 }] },
  '{"a":[1,{"b":2}]}',
);
ok(
  'sorted',
  'members sorted by name',
  'Members are sorted by the UTF-16 code units of their names.',
  { b: 1, a: 2, A: 3, '': 4 },
  '{"":4,"A":3,"a":2,"b":1}',
);
ok(
  'sorted-nested',
  'members of inner objects sorted too',
  'Sorting applies at every depth.',
  { z: { b: 1, a: 2 } },
  '{"z":{"a":2,"b":1}}',
);
ok(
  'sorted-digits',
  'names of digits sorted as text',
  'Names that look like numbers are sorted as text.',
  {
    $entries: [
      ['10', 1],
      ['9', 2],
      ['1', 3],
    ],
  },
  '{"1":3,"10":1,"9":2}',
);
ok(
  'sorted-astral',
  'an astral name before U+E000',
  'Sorting goes by UTF-16 code units and not by code points: U+10000 is D800 DC00.',
  {
    $entries: [
      ['\ue000', 1],
      ['\u{10000}', 2],
    ],
  },
  '{"\u{10000}":2,"\ue000":1}',
);
ok(
  'sorted-prefix',
  'a prefix before the longer name',
  'Of two names, one the beginning of the other, the shorter comes first.',
  { ab: 1, a: 2 },
  '{"a":2,"ab":1}',
);
ok('array-order', 'elements keep their order', 'Arrays are not sorted.', [3, 1, 2], '[3,1,2]');
ok(
  'proto-member',
  'a member named __proto__',
  '__proto__ is a name like any other.',
  {
    $entries: [
      ['__proto__', 1],
      ['a', 2],
    ],
  },
  '{"__proto__":1,"a":2}',
);
ok(
  'escape-short',
  'two-character escapes',
  'Backspace, tab, line feed, form feed, carriage return, quotation mark and backslash have two-character escapes.',
  '\b\t\n\f\r"\\',
  '"\\b\\t\\n\\f\\r\\"\\\\"',
);
ok(
  'escape-control',
  'other control characters',
  'Other characters below U+0020 are written \\u00xx in lower case.',
  '\u0000\u001f\u000b',
  '"\\u0000\\u001f\\u000b"',
);
ok('no-escape-slash', 'the solidus as it is', 'The solidus is not escaped.', '/', '"/"');
ok(
  'no-escape-del',
  'U+007F and U+2028 as they are',
  'Nothing from U+0020 on is escaped but quotation mark and backslash.',
  '\u007f\u2028\u00e9',
  '"\u007f\u2028\u00e9"',
);
ok(
  'astral-text',
  'a character outside the BMP',
  'A surrogate pair is written as the character it means.',
  '\u{1f600}',
  '"\u{1f600}"',
);
ok(
  'escaped-name',
  'a member name that needs escapes',
  'Names are written as strings are.',
  { $entries: [['\n', 1]] },
  '{"\\n":1}',
);
ok(
  'no-normalisation',
  'two forms of one letter',
  'Text is not normalised.',
  ['\u00e9', 'e\u0301'],
  '["\u00e9","e\u0301"]',
);
ok('integer', 'an integral double', 'A double without a fraction is written without one.', { $number: '1.0' }, '1');
ok('minus-zero', 'minus zero', '-0 is written as 0.', { $number: '-0' }, '0');
ok(
  'max-safe',
  'the largest safe integer',
  '2^53 - 1 is written in full.',
  { $number: '9007199254740991' },
  '9007199254740991',
);
ok('fraction', 'a fraction', 'The shortest digits that give the same double.', { $number: '0.1' }, '0.1');
ok('exponent-large', 'from 1e21 on', 'From 1e21 on an exponent with a sign is written.', { $number: '1e21' }, '1e+21');
ok(
  'exponent-below',
  'just below 1e21',
  'Below 1e21 all digits are written.',
  { $number: '123456789012345680000' },
  '123456789012345680000',
);
ok('exponent-small', 'below 1e-6', 'Below 1e-6 an exponent is written.', { $number: '0.0000001' }, '1e-7');
ok('exponent-six', '1e-6 itself', '1e-6 is written without an exponent.', { $number: '0.000001' }, '0.000001');
ok(
  'smallest',
  'the smallest double',
  'Subnormal doubles are written by the same rule.',
  { $number: '5e-324' },
  '5e-324',
);
ok(
  'largest',
  'the largest double',
  'The largest double is written by the same rule.',
  { $number: '1.7976931348623157e308' },
  '1.7976931348623157e+308',
);
ok(
  'depth-at-limit',
  'nesting at the limit',
  'As many containers as the limit says are written.',
  { $nest: 8 },
  '[[[[[[[[]]]]]]]]',
  { maxDepth: 8 },
);

no('nan', 'NaN', 'NaN has no JSON form.', { $number: 'NaN' }, 'json_not_finite');
no('infinity', 'infinity', 'Infinity has no JSON form.', [{ $number: 'Infinity' }], 'json_not_finite');
no(
  'minus-infinity',
  'minus infinity in a member',
  'Minus infinity has no JSON form, wherever it stands.',
  { a: { $number: '-Infinity' } },
  'json_not_finite',
);
no(
  'lone-high',
  'a high surrogate alone',
  'Half of a surrogate pair has no UTF-8 form.',
  { $utf16: ['d800'] },
  'json_lone_surrogate',
);
no(
  'lone-low',
  'a low surrogate alone',
  'A low surrogate needs a high one before it.',
  { $utf16: ['0061', 'dc00'] },
  'json_lone_surrogate',
);
no(
  'reversed-pair',
  'a surrogate pair the wrong way round',
  'The order of a pair matters.',
  { $utf16: ['dc00', 'd800'] },
  'json_lone_surrogate',
);
no(
  'lone-in-name',
  'a lone surrogate in a name',
  'Names are held to the same rule as strings.',
  { $entries: [[{ $utf16: ['d83d'] }, 1]] },
  'json_lone_surrogate',
);
no('undefined-root', 'undefined', 'undefined is no JSON value.', { $undefined: true }, 'json_undefined');
no(
  'undefined-member',
  'an undefined member',
  'A member without a value is refused, not left out.',
  { a: { $undefined: true } },
  'json_undefined',
);
no(
  'undefined-element',
  'an undefined element',
  'An element without a value is refused, not turned into null.',
  [{ $undefined: true }],
  'json_undefined',
);
no('function', 'a function', 'A function is refused, not left out.', { a: { $function: true } }, 'json_function');
no('symbol', 'a symbol', 'A symbol is refused.', { a: { $symbol: true } }, 'json_symbol');
no(
  'bigint',
  'a big integer',
  'A big integer is refused: no double may hold it.',
  { a: { $bigint: '1' } },
  'json_bigint',
);
no('sparse', 'an array with holes', 'A hole is refused, not turned into null.', { $sparse: 2 }, 'json_sparse_array');
no(
  'date',
  'a date object',
  'An object that is not plain data is refused, though JSON.stringify would write it.',
  { at: { $date: 0 } },
  'json_not_plain',
);
no(
  'map',
  'a map',
  'An object that is not plain data is refused, though JSON.stringify would write {}.',
  { $map: true },
  'json_not_plain',
);
no(
  'tojson',
  'an object with toJSON',
  'A value that would decide itself what it looks like is refused.',
  { $tojson: true },
  'json_not_plain',
);
no('cycle', 'an object that holds itself', 'A cycle is refused and never followed.', { $cycle: true }, 'json_cycle');
no(
  'too-deep',
  'nesting beyond the limit',
  'One container more than the limit is refused.',
  { $nest: 9 },
  'json_too_deep',
  { maxDepth: 8 },
);
no(
  'very-deep',
  'a hundred thousand arrays',
  'Depth is bounded before recursion could overflow.',
  { $nest: 100000 },
  'json_too_deep',
);
