import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, EMPTY_ROOT, NOW, NOW_TEXT, TREE_HEAD, at, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'tree-heads',
  layer: 'protocol',
  description: 'Signed states of a log, verified at `now` against the status keys of `anchors`.',
  input: {
    required: ['statement', 'anchors', 'now'],
    properties: { statement: {}, anchors: { type: 'array' }, now: { type: 'integer' } },
    additionalProperties: false,
  },
});
export default suite;

const members = { authority: AUTHORITY, era: 1, epoch: 12, ...TREE_HEAD, timestamp: NOW_TEXT };
const head = (overrides = {}, signer = 'status') => statement('tree-head', { ...members, ...overrides }, signer);
const input = (document) => ({ statement: document, anchors: ANCHORS, now: NOW });
const ok = (name, title, rule, document) => suite.accept(name, title, rule, input(document));
const no = (name, title, rule, document) => suite.reject(name, title, rule, input(document), 'status_invalid');
const good = head();

ok('valid', 'a tree head', 'A tree head is signed by a status key of its authority.', good);
ok(
  'empty',
  'of an empty log',
  'The root of an empty log is the SHA-256 of nothing.',
  head({ tree_size: 0, root_hash: EMPTY_ROOT }),
);
ok(
  'old',
  'from long ago',
  'A tree head does not run out: what was logged stays logged.',
  head({ timestamp: '2020-01-01T00:00:00.000Z' }),
);

no('passport-key', 'signed by the key for passports', 'Tree heads are signed by status keys.', head({}, 'authority'));
no('stranger', 'signed by somebody else', 'A tree head comes from the authority.', head({}, 'stranger'));
no(
  'unknown-authority',
  'of an authority that nobody configured',
  'Tree heads come from configured authorities.',
  head({ authority: 'elsewhere.mcps.test' }),
);
no(
  'future',
  'from the future',
  'A tree head is not from the future, but for the tolerance.',
  head({ timestamp: at(60_001) }),
);
no('size-changed', 'another size', 'The size is signed.', { ...good, tree_size: 8 });
no('root-changed', 'another root', 'The root is signed.', { ...good, root_hash: 'ac'.repeat(32) });
no('era-changed', 'another era', 'The era is signed.', { ...good, era: 2 });
no('era-zero', 'the era 0', 'Eras count from 1.', head({ era: 0 }));
no('no-epoch', 'without an epoch', 'A tree head counts the revocations so far.', head({ epoch: undefined }));
no('negative-size', 'a negative size', 'Sizes count from 0.', head({ tree_size: -1 }));
no('empty-root', 'an empty log with a root of its own', 'An empty log has one root.', head({ tree_size: 0 }));
no('short-root', 'a root of 31 bytes', 'A root is a SHA-256.', head({ root_hash: 'ab'.repeat(31) }));
no('extra', 'one more member', 'Members are exact, signed or not.', head({ note: 'x' }));
no('array', 'an array', 'A tree head is an object.', [good]);
