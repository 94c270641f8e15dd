import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, DAY, HOUR, NOW, TREE_HEAD, at, id, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'status-list-deltas',
  layer: 'protocol',
  description:
    'Deltas, verified at `now` against the status keys of `anchors` and applied to the status list `from`, which is verified first. `revoked` are the ids that the later list names.',
  input: {
    required: ['from', 'delta', 'anchors', 'now'],
    properties: { from: { type: 'object' }, delta: {}, anchors: { type: 'array' }, now: { type: 'integer' } },
    additionalProperties: false,
  },
});
export default suite;

const entry = (digit, expiresAt = at(DAY)) => ({
  passport_id: id(digit),
  reason: 'key_compromise',
  revoked_at: at(-HOUR),
  passport_expires_at: expiresAt,
});
const [b, c, d] = ['b', 'c', 'd'].map((digit) => entry(digit));
const list = (members, signer = 'status') =>
  statement(
    'status-list',
    {
      issuer: AUTHORITY,
      number: 7,
      epoch: 12,
      issued_at: at(-2000),
      next_update: at(HOUR),
      revoked: [c],
      tree_head: { ...TREE_HEAD, tree_size: 8 },
      ...members,
    },
    signer,
  );
const LATER = { number: 9, epoch: 13, issued_at: at(-1000), next_update: at(2 * HOUR), tree_head: TREE_HEAD };
const FROM = list({});

/** @param change members of both the later list and the delta; `revoked` of the list, `added` of the delta, `more` of the delta alone */
function delta({ revoked = [b, c], added = [b], more = {}, signer = 'status', listSigner = 'status', ...change } = {}) {
  const members = { issuer: AUTHORITY, ...LATER, ...change };
  const { signature } = list({ ...members, revoked }, listSigner);
  return statement(
    'status-list-delta',
    { from_number: 7, ...members, added, list_signature: signature, ...more },
    signer,
  );
}
const input = (document, from = FROM) => ({ from, delta: document, anchors: ANCHORS, now: NOW });
const ok = (name, title, rule, document, digits, from) =>
  suite.accept(name, title, rule, input(document, from), { revoked: digits.map(id) });
const no = (name, title, rule, document, reason = 'status_invalid', from = FROM) =>
  suite.reject(name, title, rule, input(document, from), reason);
const good = delta();

ok('valid', 'one more revocation', 'A delta and the list it leads on from make the later list.', good, ['b', 'c']);
ok(
  'nothing-new',
  'nothing but a later time',
  'Lists are renewed also where nobody is revoked.',
  delta({ revoked: [c], added: [], epoch: 12 }),
  ['c'],
);
ok(
  'from-empty',
  'from a list without entries',
  'The earlier list may be empty.',
  delta({ revoked: [b] }),
  ['b'],
  list({ revoked: [] }),
);
ok(
  'expired-dropped',
  'an entry that has been expired for an hour',
  'What the later list no longer names is left out by its expiry: at the instant an hour after it, and not before.',
  delta({ revoked: [b], added: [b] }),
  ['b'],
  list({ revoked: [entry('c', at(-1000 - HOUR))] }),
);
ok(
  'expired-kept',
  'an entry that has been expired for a millisecond less than an hour',
  'Until then it stays.',
  delta({ revoked: [b, entry('c', at(-999 - HOUR))] }),
  ['b', 'c'],
  list({ revoked: [entry('c', at(-999 - HOUR))] }),
);

no(
  'passport-key',
  'signed by the key for passports',
  'Deltas are signed by status keys.',
  delta({ signer: 'authority' }),
);
no('stranger', 'signed by somebody else', 'Deltas come from the authority.', delta({ signer: 'stranger' }));
no(
  'unknown-issuer',
  'of an issuer that nobody configured',
  'Deltas come from configured authorities.',
  delta({ issuer: 'elsewhere.mcps.test' }),
);
no('added-changed', 'an entry taken out', 'The entries are signed.', { ...good, added: [] });
no('from-changed', 'another list to lead on from', 'The number of the earlier list is signed.', {
  ...good,
  from_number: 6,
});
no('list-signature-changed', 'the signature of another list', 'The signature of the list is signed.', {
  ...good,
  list_signature: FROM.signature,
});
no(
  'list-signer',
  'to a list that somebody else has signed',
  'What comes out is verified as a list, by its own signature.',
  delta({ listSigner: 'stranger' }),
);
no(
  'incomplete',
  'that leaves out one revocation of the later list',
  'What comes out is the list that was signed, or nothing.',
  delta({ revoked: [b, c, d] }),
);
no(
  'too-many',
  'that adds what the later list does not have',
  'A delta makes no list that the authority did not publish.',
  delta({ added: [b, d] }),
);
no(
  'lost',
  'to a list that has lost an entry of the earlier one',
  'Only expiry takes an entry away.',
  delta({ revoked: [b] }),
);
no('added-known', 'that adds what the earlier list has', 'No passport is listed twice.', delta({ added: [b, c] }));
no('gap', 'from another list than is there', 'A delta fits exactly one list.', good, 'status_gap', list({ number: 8 }));
no(
  'gap-older',
  'from a later list than is there',
  'Nothing in between may be missed.',
  good,
  'status_gap',
  list({ number: 6 }),
);
no('same-number', 'from a list to itself', 'A delta leads forwards.', delta({ number: 7 }));
no('backwards', 'from a later list to an earlier one', 'Nor does it lead back.', delta({ number: 6 }));
no(
  'stale',
  'past its next update',
  'From the instant of the next update on it no longer counts.',
  delta({ next_update: at(0) }),
  'status_stale',
);
no(
  'future',
  'issued in the future',
  'A delta is not from the future, but for the tolerance.',
  delta({ issued_at: at(60_001) }),
);
no('reversed', 'a next update before the issue', 'A list ends after it begins.', delta({ next_update: at(-1000) }));
no('no-log', 'without the state of the log', 'Deltas commit to the log.', delta({ tree_head: undefined }));
no(
  'no-list-signature',
  'without the signature of the list',
  'Members are exact.',
  delta({ more: { list_signature: undefined } }),
);
no('extra', 'one more member', 'No member beside these is signed.', delta({ more: { note: 'x' } }));
no('unsorted', 'entries out of order', 'Entries are sorted by id.', delta({ revoked: [b, c, d], added: [d, b] }));
no('negative', 'a negative number of the earlier list', 'Numbers count from 0.', delta({ more: { from_number: -1 } }));
no('list', 'a list', 'A list is no delta.', list({ number: 9 }));
no('array', 'an array', 'A delta is an object.', [good]);
