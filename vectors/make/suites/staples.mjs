import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, HOUR, NOW, NOW_TEXT, TREE_HEAD, at, id, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'staples',
  layer: 'protocol',
  description:
    'Staples, verified at `now` against the status keys of `anchors`. `expected` says whose passport was presented.',
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
  expires_at: at(HOUR),
  tree_head: TREE_HEAD,
};
const staple = (overrides = {}, signer = 'status') => statement('staple', { ...members, ...overrides }, signer);
const input = (document, more) => ({ statement: document, expected, anchors: ANCHORS, now: NOW, ...more });
const ok = (name, title, rule, document, more) => suite.accept(name, title, rule, input(document, more));
const no = (name, title, rule, document, reason = 'status_invalid', more = {}) =>
  suite.reject(name, title, rule, input(document, more), reason);
const good = staple();

ok('valid', 'a staple of an hour', 'A staple counts for at most 3,600 s.', good);
ok(
  'last-moment',
  'in its last millisecond',
  'Until its end it counts.',
  staple({ produced_at: at(-HOUR + 1), expires_at: at(1) }),
);

no('agent', 'signed by the passport\u2019s own key', 'Nobody vouches for its own status.', staple({}, 'agent'));
no('passport-key', 'signed by the key for passports', 'Status has keys of its own.', staple({}, 'authority'));
no(
  'other-passport',
  'of another passport',
  'A staple is about the passport that it comes with.',
  staple({ passport_id: id('b') }),
);
no(
  'other-digest',
  'of another passport of that id',
  'A staple is about one document.',
  staple({ passport_digest: 'ce'.repeat(32) }),
);
no(
  'other-authority',
  'of another authority than the passport\u2019s anchor',
  'One authority says nothing of the passports of another.',
  staple({ authority: 'other.mcps.test' }, 'other-authority'),
  'status_invalid',
  { anchors: [...ANCHORS, { issuer: 'other.mcps.test', keys: ['other-authority'] }] },
);
no(
  'unknown-authority',
  'of an authority that nobody configured',
  'Staples come from configured authorities.',
  staple({ authority: 'elsewhere.mcps.test' }),
  'status_invalid',
  { expected: { ...expected, anchor: 'elsewhere.mcps.test' } },
);
no(
  'too-long',
  'a life of more than an hour',
  'Nobody stands by a staple for longer.',
  staple({ expires_at: at(HOUR + 1) }),
);
no('reversed', 'an end before its beginning', 'A staple ends after it begins.', staple({ expires_at: at(-1) }));
no(
  'stale',
  'past its end',
  'From its end on it no longer counts.',
  staple({ produced_at: at(-HOUR), expires_at: at(0) }),
  'status_stale',
);
no(
  'future',
  'from the future',
  'A staple is not from the future, but for the tolerance.',
  staple({ produced_at: at(60_001) }),
);
no(
  'expired',
  'that says that the passport has expired',
  'A staple says that a passport is valid, and nothing else.',
  staple({ status: 'EXPIRED' }),
);
no(
  'revoked',
  'that says that the passport is revoked',
  'Nobody carries the news of its own revocation.',
  staple({ status: 'REVOKED', reason: 'manual_revoke', revoked_at: at(-1) }),
);
no('reason', 'with a reason', 'Members are exact.', staple({ reason: 'manual_revoke' }));
no('no-digest', 'without a digest', 'A staple is bound to a document.', staple({ passport_digest: null }));
no('no-log', 'without the state of the log', 'Every staple commits to the log.', staple({ tree_head: undefined }));
no('end-changed', 'with a later end', 'The life time is signed.', { ...good, expires_at: at(HOUR - 1) });
no('digest-changed', 'made to fit another passport', 'The digest is signed.', {
  ...staple({ passport_digest: 'ce'.repeat(32) }),
  passport_digest: digest,
});
no(
  'answer',
  'an answer in its place',
  'An answer is no staple, however short it lives.',
  statement('status', { ...members, expires_at: at(60_000) }, 'status'),
);
no('text', 'a text', 'A staple is an object.', 'VALID');
