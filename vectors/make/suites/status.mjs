import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, DAY, HOUR, NOW, TREE_HEAD, at, id, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'status',
  layer: 'protocol',
  description:
    'Signed status lists, verified at `now` against the status keys of `anchors`. `accepted` are lists that the verifier has accepted before, in this order: the list is held to its place after them.',
  input: {
    required: ['list', 'anchors', 'now'],
    properties: { list: {}, accepted: { type: 'array' }, anchors: { type: 'array' }, now: { type: 'integer' } },
    additionalProperties: false,
  },
});
export default suite;

const revoked = [
  { passport_id: id('c'), reason: 'key_compromise', revoked_at: at(-HOUR), passport_expires_at: at(DAY) },
];
function list(overrides = {}, signer = 'status') {
  const members = {
    issuer: AUTHORITY,
    number: 7,
    epoch: 12,
    issued_at: at(-1000),
    next_update: at(HOUR),
    revoked,
    ...overrides,
  };
  return statement('status-list', members, signer);
}
const ok = (name, title, rule, document) =>
  suite.accept(name, title, rule, { list: document, anchors: ANCHORS, now: NOW });
const no = (name, title, rule, document, reason) =>
  suite.reject(name, title, rule, { list: document, anchors: ANCHORS, now: NOW }, reason);
const good = list();

ok('valid', 'a valid list', 'A list is signed by a status key of its issuer.', good);
ok('empty', 'a list without entries', 'Nobody may be revoked.', list({ revoked: [] }));
ok('log', 'a list that commits to a log', 'A list may name the state of the log.', list({ tree_head: TREE_HEAD }));
ok(
  'sorted',
  'two entries in order',
  'Entries are sorted by id.',
  list({ revoked: [revoked[0], { ...revoked[0], passport_id: id('d') }] }),
);
no(
  'passport-key',
  'signed by the key for passports',
  'Status has keys of its own where they are configured.',
  list({}, 'authority'),
  'status_invalid',
);
no('stranger', 'signed by somebody else', 'A list is signed by its issuer.', list({}, 'stranger'), 'status_invalid');
no(
  'unknown-issuer',
  'of an issuer that nobody configured',
  'Lists come from configured authorities.',
  list({ issuer: 'elsewhere.mcps.test' }),
  'status_invalid',
);
no('entry-removed', 'an entry taken out', 'The entries are signed.', { ...good, revoked: [] }, 'status_invalid');
no('number-changed', 'another number', 'The number is signed.', { ...good, number: 8 }, 'status_invalid');
no(
  'stale',
  'past its next update',
  'From the instant of the next update on a list no longer counts.',
  list({ issued_at: at(-HOUR), next_update: at(0) }),
  'status_stale',
);
no(
  'future',
  'issued in the future',
  'A list is not from the future, but for the tolerance.',
  list({ issued_at: at(60_001), next_update: at(HOUR) }),
  'status_invalid',
);
no('no-number', 'without a number', 'Members are exact.', list({ number: undefined }), 'status_invalid');
no('negative-number', 'a negative number', 'Numbers count from 0.', list({ number: -1 }), 'status_invalid');
no('extra', 'one more member', 'Members are exact, signed or not.', list({ note: 'x' }), 'status_invalid');
no(
  'bad-id',
  'an entry whose id is none',
  'Entries name passports.',
  list({ revoked: [{ ...revoked[0], passport_id: 'asp_1' }] }),
  'status_invalid',
);
no(
  'reversed',
  'a next update before the issue',
  'A list ends after it begins.',
  list({ issued_at: at(0), next_update: at(-1) }),
  'status_invalid',
);
no('array', 'an array', 'A list is an object.', [good], 'status_invalid');
no(
  'no-epoch',
  'without an epoch',
  'A list counts the revocations so far.',
  list({ epoch: undefined }),
  'status_invalid',
);
no('negative-epoch', 'a negative epoch', 'Epochs count from 0.', list({ epoch: -1 }), 'status_invalid');
no('epoch-changed', 'another epoch', 'The epoch is signed.', { ...good, epoch: 13 }, 'status_invalid');
no(
  'unsorted',
  'two entries out of order',
  'One set of revocations has one form.',
  list({ revoked: [{ ...revoked[0], passport_id: id('d') }, revoked[0]] }),
  'status_invalid',
);
no(
  'twice',
  'one passport twice',
  'No passport is listed twice.',
  list({ revoked: [...revoked, ...revoked] }),
  'status_invalid',
);
no(
  'log-shape',
  'a state of the log with one more member',
  'The members of the state are exact.',
  list({ tree_head: { ...TREE_HEAD, era: 1 } }),
  'status_invalid',
);
const after = (...lists) => ({ accepted: lists, anchors: ANCHORS, now: NOW });
no(
  'tree-head-changed',
  'another state of the log',
  'The state of the log is signed.',
  { ...list({ tree_head: TREE_HEAD }), tree_head: { ...TREE_HEAD, tree_size: 13 } },
  'status_invalid',
);
no(
  'entry-extra',
  'an entry with one more member',
  'The members of entries are exact as well.',
  list({ revoked: [{ ...revoked[0], note: '' }] }),
  'status_invalid',
);
no(
  'entry-no-expiry',
  'an entry that does not say when the passport expires',
  'An entry says until when it matters.',
  list({ revoked: [{ passport_id: id('c'), reason: 'key_compromise', revoked_at: at(-HOUR) }] }),
  'status_invalid',
);
no('fraction', 'a number with a fraction', 'Numbers are whole.', list({ number: 7.5 }), 'status_invalid');
suite.accept('newer', 'a list after an older one', 'A higher number follows a lower one.', {
  list: list({ number: 8 }),
  ...after(good),
});
suite.accept('again', 'the same list twice', 'A list may be read again.', { list: good, ...after(good) });
suite.reject(
  'rolled-back',
  'a list after a newer one',
  'After a newer list an older one is refused, though its signature is valid: somebody has restored a backup, or withholds a revocation.',
  { list: good, ...after(list({ number: 8 })) },
  'status_list_rolled_back',
);
suite.reject(
  'forked',
  'another list of the same number',
  'A number is used for one list.',
  { list: list({ revoked: [] }), ...after(good) },
  'status_list_rolled_back',
);
suite.accept('other-issuer', 'a lower number of another authority', 'Each authority counts for itself.', {
  list: list({ issuer: 'other-authority.mcps.test', number: 1 }, 'other-authority'),
  accepted: [good],
  anchors: [...ANCHORS, { issuer: 'other-authority.mcps.test', keys: ['other-authority'] }],
  now: NOW,
});
