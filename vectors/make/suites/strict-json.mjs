import { Suite } from '../suite.mjs';
import { base64 } from '../signatures.mjs';

const suite = new Suite({
  slug: 'strict-json',
  layer: 'crypto',
  description:
    'JSON texts and the value they have, as RFC 8785 text, or why a strict parser refuses them. `base64` holds bytes; `text` is the same as its UTF-8.',
  input: {
    oneOf: [{ required: ['text'] }, { required: ['base64'] }],
    properties: { text: { type: 'string' }, base64: { type: 'string' }, limits: { type: 'object' } },
    additionalProperties: false,
  },
});
export default suite;

const ok = (id, title, rule, text, canonical, limits) =>
  suite.accept(id, title, rule, { text, ...(limits && { limits }) }, { canonical });
const no = (id, title, rule, text, code, limits) =>
  suite.reject(id, title, rule, { text, ...(limits && { limits }) }, code);
const bytes = (id, title, rule, list, code) =>
  suite.reject(id, title, rule, { base64: base64(Uint8Array.from(list)) }, code);

ok(
  'white-space',
  'white space between tokens',
  'Space, tab, line feed and carriage return may stand between tokens.',
  ' {\t"a" :\r\n[ 1 , 2 ] } ',
  '{"a":[1,2]}',
);
ok('scalar', 'a lone value', 'A text may be any value.', '"a"', '"a"');
ok(
  'escapes',
  'every escape',
  'All escapes of RFC 8259 are read.',
  '"\\u0041\\/\\b\\f\\n\\r\\t\\"\\\\"',
  '"A/\\b\\f\\n\\r\\t\\"\\\\"',
);
ok(
  'pair-escape',
  'an escaped surrogate pair',
  'Two escapes may form one character.',
  '"\\ud83d\\ude00"',
  '"\u{1f600}"',
);
ok(
  'numbers',
  'numbers in all forms',
  'Sign, fraction and exponent are read.',
  '[0,-1,1.5,1e2,1E-2,-0.0]',
  '[0,-1,1.5,100,0.01,0]',
);
ok('safe-integer', 'the largest safe integer', '2^53 - 1 is kept.', '9007199254740991', '9007199254740991');
ok(
  'large-integer',
  'an integer beyond 2^53 - 1 in its canonical form',
  'The form that RFC 8785 writes is read: 2^60 here.',
  '1152921504606847000',
  '1152921504606847000',
);
ok(
  'large-exponent',
  'a large number written with an exponent',
  'A number with an exponent is a double.',
  '1e16',
  '10000000000000000',
);
ok(
  'proto',
  'a member named __proto__',
  '__proto__ is read as a member and changes no prototype.',
  '{"__proto__":{"a":1}}',
  '{"__proto__":{"a":1}}',
);
ok('depth-limit', 'nesting at the limit', 'As many containers as the limit says are read.', '[[[]]]', '[[[]]]', {
  maxDepth: 3,
});
ok(
  'keys-limit',
  'members at the limit',
  'As many members as the limit says are read.',
  '{"a":{"b":1}}',
  '{"a":{"b":1}}',
  { maxKeys: 2 },
);
ok('bytes-limit', 'bytes at the limit', 'The limit counts UTF-8 bytes.', '"\u00e9"', '"\u00e9"', { maxBytes: 4 });

no(
  'duplicate',
  'a name twice',
  'Of two members with one name, two readers may take either.',
  '{"a":1,"a":2}',
  'json_duplicate_key',
);
no(
  'duplicate-escaped',
  'a name twice, once escaped',
  'Names are compared after their escapes are read.',
  '{"a":1,"\\u0061":2}',
  'json_duplicate_key',
);
no(
  'duplicate-nested',
  'a name twice further inside',
  'Duplicates are found at every depth.',
  '[{"x":{"a":1,"b":2,"a":3}}]',
  'json_duplicate_key',
);
no(
  'duplicate-proto',
  '__proto__ twice',
  'The name __proto__ may not be there twice either.',
  '{"__proto__":1,"__proto__":2}',
  'json_duplicate_key',
);
no(
  'overflow',
  'a number beyond all doubles',
  'A number that would become infinity is refused.',
  '1e400',
  'json_number_range',
);
no(
  'underflow',
  'a number that would become zero',
  'A number other than zero must not become zero.',
  '1e-400',
  'json_number_range',
);
no(
  'unsafe-integer',
  'an integer that no double is',
  'The canonical form of 9007199254740993 is that of its neighbour.',
  '9007199254740993',
  'json_number_range',
);
no(
  'unsafe-negative',
  'a negative integer that no double is',
  'The rule holds on both sides.',
  '-9007199254740993',
  'json_number_range',
);
no(
  'unsafe-digits',
  'an integer of twenty digits',
  'Digits must not be lost.',
  '12345678901234567890',
  'json_number_range',
);
no(
  'unsafe-spelling',
  'an integer that a double is, in another form than the canonical one',
  '2^60 has one spelling, and all its digits are not it: a reader with larger integers would take the two for different numbers.',
  '1152921504606846976',
  'json_number_range',
);
no(
  'unsafe-plain',
  'an integer that RFC 8785 writes with an exponent',
  'From 10^21 on the canonical form has an exponent.',
  '1000000000000000000000',
  'json_number_range',
);
no('leading-zero', 'a leading zero', 'Numbers have no leading zeros.', '01', 'json_syntax');
no('plus', 'a plus sign', 'Numbers have no plus sign.', '+1', 'json_syntax');
no('bare-point', 'a point without digits after it', 'A fraction has digits.', '1.', 'json_syntax');
no(
  'no-integer-part',
  'a point without digits before it',
  'A number begins with a digit or a minus.',
  '.5',
  'json_syntax',
);
no('hexadecimal', 'a hexadecimal number', 'Numbers are decimal.', '0x10', 'json_syntax');
no('nan-literal', 'the word NaN', 'There are three literals, and NaN is none of them.', 'NaN', 'json_syntax');
no('single-quotes', 'single quotes', 'Strings stand in double quotes.', "'a'", 'json_syntax');
no('trailing-comma', 'a comma at the end of an array', 'A comma separates and does not end.', '[1,]', 'json_syntax');
no(
  'trailing-comma-object',
  'a comma at the end of an object',
  'A comma separates members and does not end them.',
  '{"a":1,}',
  'json_syntax',
);
no('comment', 'a comment', 'There are no comments.', '/*a*/1', 'json_syntax');
no('unquoted-name', 'a name without quotes', 'Names are strings.', '{a:1}', 'json_syntax');
no('raw-control', 'a raw line feed in a string', 'Control characters in strings are escaped.', '"a\nb"', 'json_syntax');
no('bad-escape', 'an escape that does not exist', 'Only the escapes of RFC 8259 exist.', '"\\x41"', 'json_syntax');
no('short-escape', 'a \\u with three digits', '\\u takes four digits.', '"\\u004"', 'json_syntax');
no(
  'lone-escape',
  'an escaped lone surrogate',
  'Half of a pair has no UTF-8 form, however it is written.',
  '"\\ud800"',
  'json_lone_surrogate',
);
no(
  'lone-escape-name',
  'an escaped lone surrogate in a name',
  'Names are held to the same rule.',
  '{"\\udc00":1}',
  'json_lone_surrogate',
);
no('unclosed', 'an array that does not end', 'A text ends where its value ends.', '[1', 'json_syntax');
no('empty', 'nothing', 'A text has a value.', '', 'json_syntax');
no('trailing', 'something after the value', 'Nothing but white space follows the value.', '{} x', 'json_trailing_data');
no('two-values', 'two values', 'A text has one value.', '1 2', 'json_trailing_data');
bytes(
  'invalid-utf8',
  'a byte that is no UTF-8',
  'Bytes that are no UTF-8 are refused, not replaced.',
  [0x22, 0xff, 0x22],
  'json_invalid_utf8',
);
bytes(
  'overlong',
  'an overlong form',
  'Each character has one UTF-8 form.',
  [0x22, 0xc0, 0xaf, 0x22],
  'json_invalid_utf8',
);
bytes(
  'surrogate-utf8',
  'a surrogate in UTF-8',
  'Surrogates have no UTF-8 form.',
  [0x22, 0xed, 0xa0, 0x80, 0x22],
  'json_invalid_utf8',
);
bytes('truncated-utf8', 'a character cut off', 'A character is complete.', [0x22, 0xe2, 0x82], 'json_invalid_utf8');
bytes(
  'bom',
  'a byte order mark',
  'A text does not begin with a byte order mark.',
  [0xef, 0xbb, 0xbf, 0x31],
  'json_syntax',
);
no('too-deep', 'nesting beyond the limit', 'Depth is bounded.', '[[[[]]]]', 'json_too_deep', { maxDepth: 3 });
no(
  'too-many-keys',
  'members beyond the limit',
  'Members are counted over the whole text.',
  '{"a":{"b":1},"c":2}',
  'json_too_many_keys',
  { maxKeys: 2 },
);
no(
  'too-large',
  'bytes beyond the limit',
  'The limit counts bytes, not characters.',
  '"\u00e9\u00e9"',
  'json_too_large',
  { maxBytes: 5 },
);
