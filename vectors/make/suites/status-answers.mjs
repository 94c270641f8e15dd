import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, DAY, EMPTY_ROOT, NOW, NOW_TEXT, TREE_HEAD, at, id, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'status-answers',
  layer: 'protocol',
  description:
    'Signed answers about one passport, verified at `now` against the status keys of `anchors`. `expected` says whose status was asked for.',
  input: {
    required: ['statement', 'expected', 'anchors', 'now'],
    properties: {
      statement: {},
      expected: { type: 'object', required: ['anchor', 'passportId', 'digest'] },
      anchors: { type: 'array' },
      now: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

const digest = 'cd'.repeat(32);
const expected = { anchor: AUTHORITY, passportId: id('a'), digest };
const members = {
  authority: AUTHORITY,
  passport_id: id('a'),
  passport_digest: digest,
  status: 'VALID',
  epoch: 12,
  produced_at: NOW_TEXT,
  expires_at: at(60_000),
  tree_head: TREE_HEAD,
};
const answer = (overrides = {}, signer = 'status') => statement('status', { ...members, ...overrides }, signer);
const revoked = { status: 'REVOKED', reason: 'key_compromise', revoked_at: at(-DAY) };
const input = (document, more) => ({ statement: document, expected, anchors: ANCHORS, now: NOW, ...more });
const ok = (name, title, rule, document, status, more) =>
  suite.accept(name, title, rule, input(document, more), { status });
const no = (name, title, rule, document, reason = 'status_invalid', more = {}) =>
  suite.reject(name, title, rule, input(document, more), reason);
const good = answer();

ok('valid', 'a valid passport', 'An answer is signed by a status key of its authority.', good, 'VALID');
ok('revoked', 'a revoked passport', 'A revocation has a reason and a time.', answer(revoked), 'REVOKED');
ok(
  'expired',
  'an expired passport',
  'A passport that has run out is told from a revoked one.',
  answer({ status: 'EXPIRED' }),
  'EXPIRED',
);
ok(
  'unknown',
  'a passport that nobody issued',
  'What was never issued has no digest.',
  answer({ status: 'UNKNOWN', passport_digest: null }),
  'UNKNOWN',
);
ok(
  'empty-log',
  'before anything was logged',
  'The root of an empty log is the SHA-256 of nothing.',
  answer({ tree_head: { tree_size: 0, root_hash: EMPTY_ROOT } }),
  'VALID',
);
ok('longest', 'a life of 300 s', 'An answer counts for at most 300 s.', answer({ expires_at: at(300_000) }), 'VALID');
ok(
  'revoked-long-ago',
  'a revocation in an answer that has run out',
  'A revocation is final and counts at any age.',
  answer({ ...revoked, produced_at: at(-DAY), expires_at: at(-DAY + 60_000) }),
  'REVOKED',
);
ok(
  'ahead',
  'made ahead of our clock, within the tolerance',
  'Clocks may differ by 60 s.',
  answer({ produced_at: at(60_000), expires_at: at(120_000) }),
  'VALID',
);

no('passport-key', 'signed by the key for passports', 'Status has keys of its own.', answer({}, 'authority'));
no('own-key', 'signed by the passport\u2019s own key', 'Nobody vouches for its own status.', answer({}, 'agent'));
no('stranger', 'signed by somebody else', 'An answer comes from the authority.', answer({}, 'stranger'));
no(
  'unknown-authority',
  'of an authority that nobody configured',
  'Answers come from configured authorities.',
  answer({ authority: 'elsewhere.mcps.test' }),
  'status_invalid',
  { expected: { ...expected, anchor: 'elsewhere.mcps.test' } },
);
no(
  'other-authority',
  'of another authority than the passport\u2019s anchor',
  'One authority says nothing of the passports of another.',
  answer({ authority: 'other.mcps.test' }, 'other-authority'),
  'status_invalid',
  { anchors: [...ANCHORS, { issuer: 'other.mcps.test', keys: ['other-authority'] }] },
);
no(
  'other-passport',
  'about another passport',
  'An answer is about the passport that was asked for.',
  answer({ passport_id: id('b') }),
);
no(
  'other-digest',
  'about another passport of that id',
  'An answer is about one document.',
  answer({ passport_digest: 'ce'.repeat(32) }),
);
no(
  'revoked-other-digest',
  'a revocation of another passport of that id',
  'The digest binds a revocation too.',
  answer({ ...revoked, passport_digest: 'ce'.repeat(32) }),
);
no('status-changed', 'a revoked passport made valid', 'The status is signed.', {
  ...answer({ ...revoked, status: 'REVOKED' }),
  status: 'VALID',
  reason: undefined,
  revoked_at: undefined,
});
no('epoch-changed', 'another epoch', 'The epoch is signed.', { ...good, epoch: 13 });
no('end-changed', 'a later end', 'The life time is signed.', { ...good, expires_at: at(120_000) });
no('log-changed', 'another state of the log', 'The state of the log is signed.', {
  ...good,
  tree_head: { ...TREE_HEAD, tree_size: 10 },
});
no(
  'stale',
  'past its end',
  'From the instant of its end on an answer no longer counts.',
  answer({ produced_at: at(-60_000), expires_at: at(0) }),
  'status_stale',
);
no(
  'future',
  'from the future',
  'An answer is not from the future, but for the tolerance.',
  answer({ produced_at: at(60_001), expires_at: at(120_000) }),
);
no(
  'too-long',
  'a life of more than 300 s',
  'Nobody stands by an answer for longer than 300 s.',
  answer({ expires_at: at(300_001) }),
);
no('no-life', 'an end at its beginning', 'An answer ends after it begins.', answer({ expires_at: NOW_TEXT }));
no(
  'valid-reason',
  'a reason without a revocation',
  'Only a revocation has a reason.',
  answer({ reason: 'manual_revoke' }),
);
no(
  'valid-revoked-at',
  'a time of revocation without one',
  'Only a revocation has a time.',
  answer({ revoked_at: at(-1) }),
);
no(
  'revoked-no-reason',
  'a revocation without a reason',
  'A revocation has a reason.',
  answer({ ...revoked, reason: undefined }),
);
no(
  'revoked-no-time',
  'a revocation without a time',
  'A revocation has a time.',
  answer({ ...revoked, revoked_at: undefined }),
);
no(
  'valid-no-digest',
  'a valid passport without a digest',
  'What was issued has a digest.',
  answer({ passport_digest: null }),
);
no(
  'unknown-digest',
  'a digest of what was never issued',
  'What was never issued has none.',
  answer({ status: 'UNKNOWN' }),
);
no('status-word', 'a status in lower case', 'There are four words.', answer({ status: 'valid' }));
no('no-log', 'without the state of the log', 'Every answer commits to the log.', answer({ tree_head: undefined }));
no('negative-epoch', 'a negative epoch', 'Epochs count from 0.', answer({ epoch: -1 }));
no('fraction-epoch', 'an epoch with a fraction', 'Epochs are whole.', answer({ epoch: 0.5 }));
no(
  'root-upper-case',
  'a root in upper case',
  'A hash has one spelling.',
  answer({ tree_head: { ...TREE_HEAD, root_hash: 'AB'.repeat(32) } }),
);
no(
  'empty-log-root',
  'an empty log with a root of its own',
  'An empty log has one root.',
  answer({ tree_head: { tree_size: 0, root_hash: TREE_HEAD.root_hash } }),
);
no('extra', 'one more member', 'Members are exact, signed or not.', answer({ note: 'x' }));
no('number-id', 'an id that is none', 'Answers name passports.', answer({ passport_id: 'asp_1' }));
no('control', 'a reason with a line feed', 'Texts hold no control characters.', answer({ ...revoked, reason: 'a\nb' }));
no('array', 'an array', 'An answer is an object.', [good]);
no('staple', 'a staple', 'A staple is no answer, whatever it says.', statement('staple', members, 'status'));
