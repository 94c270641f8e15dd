import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, DAY, HOUR, NOW, NOW_TEXT, at, id, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'events',
  layer: 'protocol',
  description:
    'What an authority tells those who listen to it, verified at `now` against the status keys of `anchors`.',
  input: {
    required: ['statement', 'anchors', 'now'],
    properties: { statement: {}, anchors: { type: 'array' }, now: { type: 'integer' } },
    additionalProperties: false,
  },
});
export default suite;

const revocation = {
  passport_id: id('c'),
  reason: 'key_compromise',
  revoked_at: at(-HOUR),
  passport_expires_at: at(DAY),
};
const members = {
  authority: AUTHORITY,
  era: 2,
  epoch: 12,
  id: '2.12',
  type: 'revocation',
  produced_at: NOW_TEXT,
  revocation,
  list_number: 7,
};
const heartbeat = { type: 'heartbeat', revocation: undefined };
const event = (overrides = {}, signer = 'status') => statement('event', { ...members, ...overrides }, signer);
const input = (document) => ({ statement: document, anchors: ANCHORS, now: NOW });
const ok = (name, title, rule, document) => suite.accept(name, title, rule, input(document));
const no = (name, title, rule, document) => suite.reject(name, title, rule, input(document), 'status_invalid');
const good = event();

ok('revocation', 'a revocation', 'An event is signed by a status key of its authority.', good);
ok('heartbeat', 'a heartbeat', 'A heartbeat tells of no passport.', event(heartbeat));
ok(
  'heartbeat-zero',
  'a heartbeat before any revocation',
  'Epochs count from 0.',
  event({ ...heartbeat, epoch: 0, id: '2.0' }),
);
ok(
  'key-set',
  'word of a new key set',
  'There are three types, and that of a key set tells only that it is there.',
  event({ ...heartbeat, type: 'key-set' }),
);
ok('old', 'a revocation of long ago', 'Events do not run out.', event({ produced_at: '2020-01-01T00:00:00.000Z' }));
ok(
  'revocation-future',
  'a revocation from the future',
  'A revocation counts whatever the clocks say.',
  event({ produced_at: at(DAY) }),
);

no('passport-key', 'signed by the key for passports', 'Events are signed by status keys.', event({}, 'authority'));
no('stranger', 'signed by somebody else', 'Events come from the authority.', event({}, 'stranger'));
no(
  'unknown-authority',
  'of an authority that nobody configured',
  'Events come from configured authorities.',
  event({ authority: 'elsewhere.mcps.test' }),
);
no(
  'heartbeat-future',
  'a heartbeat from the future',
  'A heartbeat is not from the future, but for the tolerance: it must not vouch for time to come.',
  event({ ...heartbeat, produced_at: at(60_001) }),
);
no(
  'key-set-future',
  'word of a key set from the future',
  'Only revocations may be from the future.',
  event({ ...heartbeat, type: 'key-set', produced_at: at(60_001) }),
);
no('reason-changed', 'another reason', 'The revocation is signed.', {
  ...good,
  revocation: { ...revocation, reason: 'superseded' },
});
no('time-changed', 'another time', 'The time is signed.', { ...good, produced_at: at(1) });
no('list-changed', 'another number of the list', 'The number of the list is signed.', { ...good, list_number: 8 });
no('place-changed', 'another place', 'The place in the sequence is signed.', { ...good, epoch: 13, id: '2.13' });
no('id-epoch', 'an id of another epoch', 'The id is the era and the epoch.', event({ id: '2.13' }));
no('id-era', 'an id of another era', 'The id begins with the era.', event({ id: '1.12' }));
no('id-zeroes', 'an id with a leading zero', 'An id has one spelling.', event({ id: '2.012' }));
no('no-id', 'without an id', 'Every event is named.', event({ id: undefined }));
no('no-revocation', 'a revocation of nobody', 'A revocation says who is revoked.', event({ revocation: undefined }));
no(
  'heartbeat-revocation',
  'a heartbeat that revokes',
  'Only a revocation has a revocation.',
  event({ type: 'heartbeat' }),
);
no('epoch-zero', 'a revocation that is none so far', 'A revocation counts itself.', event({ epoch: 0, id: '2.0' }));
no('era-zero', 'the era 0', 'Eras count from 1.', event({ era: 0, id: '0.12' }));
no('fraction', 'an epoch with a fraction', 'Epochs are whole.', event({ epoch: 12.5, id: '2.12.5' }));
no('type', 'of a type that there is not', 'The types are closed.', event({ ...heartbeat, type: 'renewal' }));
no('negative-list', 'a negative number of the list', 'Lists count from 0.', event({ list_number: -1 }));
no('no-list', 'without the number of the list', 'Members are exact.', event({ list_number: undefined }));
no('extra', 'one more member', 'No member beside these is signed.', event({ note: 'x' }));
no(
  'revocation-extra',
  'a revocation with one more member',
  'The members of the revocation are exact as well.',
  event({ revocation: { ...revocation, note: 'x' } }),
);
no(
  'revocation-id',
  'a revocation of what is no id',
  'A revocation names a passport.',
  event({ revocation: { ...revocation, passport_id: 'asp_1' } }),
);
no(
  'seconds',
  'a time without milliseconds’ zone',
  'Times are in UTC.',
  event({ produced_at: '2026-03-01T12:00:00.000' }),
);
no('array', 'an array', 'An event is an object.', [good]);
