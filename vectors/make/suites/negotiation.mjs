import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'negotiation',
  layer: 'protocol',
  description: 'The versions that two sides list, and the one that is chosen.',
  input: {
    required: ['offered', 'supported'],
    properties: {
      offered: { type: 'array', items: { type: 'string' } },
      supported: { type: 'array', items: { type: 'string' } },
    },
    additionalProperties: false,
  },
});
export default suite;
const ok = (id, title, rule, offered, supported, version) =>
  suite.accept(id, title, rule, { offered, supported }, { version });
const no = (id, title, rule, offered, supported) =>
  suite.reject(id, title, rule, { offered, supported }, 'no_common_version');

ok('same', 'one version in common', 'The common version is chosen.', ['1.0'], ['1.0'], '1.0');
ok('highest', 'two versions in common', 'The highest common version is chosen.', ['1.0', '1.1'], ['1.0', '1.1'], '1.1');
ok(
  'highest-common',
  'a higher version on one side',
  'A version of one side only does not count.',
  ['1.0', '2.0'],
  ['1.0', '1.1'],
  '1.0',
);
ok('order', 'in another order', 'The order of a list means nothing.', ['1.1', '1.0'], ['1.0', '1.1'], '1.1');
ok('numeric', '1.10 and 1.9', 'Versions are compared number by number.', ['1.9', '1.10'], ['1.9', '1.10'], '1.10');
ok(
  'unknown-form',
  'an entry that is no version',
  'Entries in another form are passed over.',
  ['next', '1.0'],
  ['1.0'],
  '1.0',
);
no('none', 'no version in common', 'Without a common version nothing is spoken.', ['2.0'], ['1.0']);
no('empty', 'nothing on offer', 'Nothing on offer is nothing in common.', [], ['1.0']);
no(
  'prefix',
  'a longer name of the same number',
  'Versions are compared exactly: 1.0.0 is not 1.0.',
  ['1.0.0'],
  ['1.0'],
);
no('leading-zero', 'a leading zero', 'Versions have no leading zeros.', ['01.0'], ['1.0', '01.0']);
ok(
  'three-numbers',
  'versions of three numbers',
  'A missing number counts as 0 for order, and the text decides what is the same.',
  ['1.0', '1.0.1'],
  ['1.0.1', '1.0'],
  '1.0.1',
);
no(
  'beyond-32',
  'the common version in the 33rd place',
  'No more than 32 entries of an offer are looked at.',
  [...Array.from({ length: 32 }, (_, index) => `9.${index}`), '1.0'],
  ['1.0'],
);
no('one-number', 'a version of one number', 'A version has two or three numbers.', ['1'], ['1']);
