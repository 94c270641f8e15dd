import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'encodings',
  layer: 'crypto',
  description:
    'Texts in an encoding (`base64`, `base64url`, `hex`) and the bytes they stand for, in hex. Every text has one spelling only.',
  input: {
    required: ['encoding', 'text'],
    properties: { encoding: { enum: ['base64', 'base64url', 'hex'] }, text: { type: 'string' } },
    additionalProperties: false,
  },
});
export default suite;

const ok = (id, title, rule, encoding, text, bytes) => suite.accept(id, title, rule, { encoding, text }, { bytes });
const no = (id, title, rule, encoding, text) =>
  suite.reject(id, title, rule, { encoding, text }, `encoding_${encoding}`);

ok('base64-empty', 'no bytes', 'Nothing is written as nothing.', 'base64', '', '');
ok('base64-one', 'one byte', 'One byte takes two characters and two signs of padding.', 'base64', '/w==', 'ff');
ok('base64-two', 'two bytes', 'Two bytes take three characters and one sign of padding.', 'base64', '+/8=', 'fbff');
ok('base64-three', 'three bytes', 'Three bytes take four characters.', 'base64', 'AAEC', '000102');
no('base64-unpadded', 'padding left out', 'Padding is required.', 'base64', '/w');
no('base64-short-padding', 'half of the padding', 'Padding is complete.', 'base64', '/w=');
no(
  'base64-surplus-padding',
  'padding after a full group',
  'There is no more padding than needed.',
  'base64',
  'AAEC====',
);
no('base64-inner-padding', 'padding inside', 'Padding stands at the end.', 'base64', '/w==AAEC');
no(
  'base64-trailing-bits',
  'bits left over that are not zero',
  'Bits that encode nothing are zero, or a text would have several spellings.',
  'base64',
  '/x==',
);
no('base64-url-alphabet', 'characters of base64url', 'The alphabet is that of RFC 4648 section 4.', 'base64', '-_8=');
no('base64-line-break', 'a line break', 'There is no white space.', 'base64', 'AAEC\nAAEC');
no('base64-space', 'a space at the end', 'There is no white space at the end either.', 'base64', 'AAEC ');
ok('base64url-one', 'one byte', 'base64url is written without padding.', 'base64url', '_w', 'ff');
ok('base64url-two', 'two bytes', 'The alphabet has - and _.', 'base64url', '-_8', 'fbff');
no('base64url-padded', 'padding', 'base64url has no padding here.', 'base64url', '_w==');
no('base64url-standard', 'characters of base64', 'The alphabet is that of RFC 4648 section 5.', 'base64url', '+/8');
no('base64url-single', 'a single character', 'No number of bytes takes 4n + 1 characters.', 'base64url', 'A');
no(
  'base64url-trailing-bits',
  'bits left over that are not zero',
  'Bits that encode nothing are zero.',
  'base64url',
  '_x',
);
ok('hex', 'bytes in lower case', 'Two digits for each byte.', 'hex', '00ff10', '00ff10');
no('hex-upper', 'upper case', 'Hex is written in lower case.', 'hex', '00FF');
no('hex-odd', 'an odd number of digits', 'Each byte takes two digits.', 'hex', 'fff');
no('hex-prefix', 'a prefix', 'There is no prefix.', 'hex', '0xff');
no('hex-other', 'a letter that is no digit', 'There are sixteen digits.', 'hex', 'fg');
