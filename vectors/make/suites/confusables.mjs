import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'confusables',
  layer: 'protocol',
  description:
    'Names of tools that people and models take for one another. With `text`, its `skeleton` comes out. With `listed`, servers list tools one after another in one application: the last is accepted where it is like none before. Every character is in Unicode since version 10, and is confusable since then.',
  input: {
    oneOf: [{ required: ['text'] }, { required: ['listed'] }],
    properties: {
      text: { type: 'string' },
      listed: {
        type: 'array',
        minItems: 2,
        items: {
          type: 'object',
          required: ['server', 'name'],
          properties: { server: { type: 'string' }, name: { type: 'string' } },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
});
export default suite;

const is = (name, title, rule, text, skeleton) => suite.accept(name, title, rule, { text }, { skeleton });
is('ascii', 'a name in ASCII', 'Most letters stand for themselves.', 'fetch_data', 'fetch_data');
is('case-kept', 'capital letters', 'A skeleton keeps letter case.', 'FETCH', 'FETCH');
is('one-to-two', 'a letter like two', 'A character may be like several.', 'form', 'forrn');
is('digits', 'digits and capitals like letters', '0 is O; 1, I and | are l.', '01I|', 'Olll');
is('cyrillic', 'a name in Cyrillic', 'Letters of one script are like those of another.', '\u0440\u0430\u0443', 'pay');
is('fullwidth', 'fullwidth letters', 'Compatibility forms are what they stand for.', '\uff50\uff41\uff59', 'pay');
is('ignorable', 'characters without a width', 'What nobody sees is left out.', 'p\u200ba\u00ad\ufeffy', 'pay');
is('direction', 'controls of direction', 'Controls of direction are left out.', '\u202epay\u2066\u200f', 'pay');
is('selector', 'a variation selector', 'Variation selectors are left out.', 'p\ufe0fay', 'pay');
is('composed', 'a composed letter', 'A skeleton is in NFD.', 'caf\u00e9', 'cafe\u0301');
is('decomposed', 'a decomposed letter', 'Both spellings of a letter have one skeleton.', 'cafe\u0301', 'cafe\u0301');
is('stroke', 'a letter with a stroke', 'A letter with a stroke is the letter and the stroke.', '\u00f8', 'o\u0338');
is('twice', 'a skeleton', 'The skeleton of a skeleton is itself.', 'Olll', 'Olll');

const listed = (...tools) => ({ listed: tools.map(([server, name]) => ({ server, name })) });
const apart = (name, title, rule, ...tools) => suite.accept(name, title, rule, listed(...tools));
const alike = (name, title, rule, ...tools) => suite.reject(name, title, rule, listed(...tools), 'tool_name_collision');
apart('other-names', 'two names', 'Names that differ visibly are different.', ['a', 'read'], ['b', 'write']);
apart('again', 'one tool twice', 'A tool that is listed again is not like itself.', ['a', 'read'], ['a', 'read']);
apart('prefix', 'a name that goes on', 'Names are compared as a whole.', ['a', 'read'], ['b', 'read_all']);
apart('separator', 'another separator', 'A hyphen is no underscore.', ['a', 'read-all'], ['b', 'read_all']);
apart('i-and-l', 'two words of which one has i and the other l', 'i is not like l.', ['a', 'tail'], ['b', 'tall']);

alike(
  'same',
  'one name on two servers',
  'A tool of another server is in the shadow of the first.',
  ['a', 'pay'],
  ['b', 'pay'],
);
alike('case', 'another letter case', 'Letter case makes no difference.', ['a', 'pay'], ['b', 'Pay']);
alike(
  'case-same-server',
  'another letter case on the same server',
  'Names are compared within a server too.',
  ['a', 'pay'],
  ['a', 'PAY'],
);
alike(
  'compatibility',
  'a compatibility form',
  'Compatibility forms make no difference.',
  ['a', 'pay'],
  ['b', 'p\uff41y'],
);
alike(
  'cyrillic-a',
  'a Cyrillic letter for a Latin one',
  'Scripts make no difference.',
  ['a', 'pay'],
  ['b', 'p\u0430y'],
);
alike(
  'greek-o',
  'a Greek letter for a Latin one',
  'Greek letters are like Latin ones.',
  ['a', 'copy'],
  ['b', 'c\u03bfpy'],
);
alike(
  'cyrillic-capital',
  'a Cyrillic capital for a small Latin letter',
  'Letter case is folded across scripts.',
  ['a', 'pay'],
  ['b', '\u0420\u0410Y'],
);
alike('rn', 'rn for m', 'Two letters may be like one.', ['a', 'format'], ['b', 'forrnat']);
alike(
  'rn-capital',
  'rn for a capital m',
  'Two letters are like one of either case.',
  ['a', 'FORMAT'],
  ['b', 'forrnat'],
);
alike('zero', 'a zero for a capital O', 'Digits are like letters.', ['a', 'OCR'], ['b', '0CR']);
alike('zero-small', 'a zero for a small o', 'Digits are like letters of either case.', ['a', 'ocr'], ['b', '0cr']);
alike('one', 'a one for an l', 'A one is like an l.', ['a', 'list'], ['b', '1ist']);
alike('capital-i', 'a capital i for an l', 'A capital i is like an l.', ['a', 'list'], ['b', 'Iist']);
alike('bar', 'a bar for an l', 'Signs are like letters.', ['a', 'list'], ['b', '|ist']);
alike('dotless', 'an i without its dot', 'A dotless i is like an i.', ['a', 'pid'], ['b', 'p\u0131d']);
alike(
  'mathematical',
  'mathematical letters',
  'Letters in a style are letters.',
  ['a', 'pay'],
  ['b', '\u{1d429}\u{1d41a}\u{1d432}'],
);
alike(
  'zero-width',
  'a character without a width',
  'What nobody sees makes no difference.',
  ['a', 'pay'],
  ['b', 'pa\u200by'],
);
alike('joiner', 'a joiner', 'Joiners make no difference.', ['a', 'pay'], ['b', 'p\u200day']);
alike('bidi', 'controls of direction', 'Direction makes no difference.', ['a', 'pay'], ['b', '\u202epay\u202c']);
alike('tag', 'a tag character', 'Tag characters make no difference.', ['a', 'pay'], ['b', 'pay\u{e0061}']);
alike(
  'normal-form',
  'another normal form',
  'Normal forms make no difference.',
  ['a', 'caf\u00e9'],
  ['b', 'cafe\u0301'],
);
alike(
  'several',
  'several ways at once',
  'The ways do not hide one another.',
  ['a', 'transform'],
  ['b', 'Tr\u0430nsf\u200borrn'],
);
alike(
  'both-confusable',
  'two names of which neither is plain',
  'Neither name needs to be in ASCII.',
  ['a', 'p\u0430y'],
  ['b', '\u0440ay'],
);
alike(
  'third',
  'the third of three',
  'A name is compared with all before.',
  ['a', 'pay'],
  ['b', 'read'],
  ['c', 'P\u0430y'],
);
