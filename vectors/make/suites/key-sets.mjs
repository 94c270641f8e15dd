import { Buffer } from 'node:buffer';
import { Suite, accepted, refused } from '../suite.mjs';
import { AUTHORITY, DAY, HOUR, KEYS, NOW, at, statement } from '../world.mjs';

const OTHER = 'other.mcps.test';

const suite = new Suite({
  slug: 'key-sets',
  layer: 'protocol',
  description:
    'Key sets, taken at `now` by a verifier with `anchors`. `keys` are those by which it judges afterwards, or at `later`, what `authority.mcps.test` has signed, by purpose and by their names in keys.json. In `steps` it takes one after another; a step without a key set only looks, and before one with `restart` it has lost everything but the highest numbers and, where that is `kept`, the last key set that it took.',
  input: {
    required: ['anchors'],
    properties: {
      keySet: {},
      anchors: { type: 'array' },
      now: { type: 'integer' },
      later: { type: 'integer' },
      steps: {
        type: 'array',
        items: {
          type: 'object',
          required: ['now', 'expect'],
          properties: {
            keySet: { type: 'object' },
            now: { type: 'integer' },
            restart: { enum: ['kept', 'lost'] },
            expect: { type: 'object' },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
});
export default suite;

// The status key of the configuration is `status`; a key set brings `intermediate` in its place.
const anchors = [
  { issuer: AUTHORITY, keys: ['authority', 'second-intermediate'], statusKeys: ['status'], evidenceKeys: ['author'] },
  { issuer: OTHER, keys: ['other-authority'] },
];
const key = (purpose, name, more = {}) => ({
  purpose,
  jwk: KEYS[name].publicJwk,
  not_before: at(-DAY),
  not_after: at(30 * DAY),
  ...more,
});
const bringing = (...keys) => ({ keys });
const members = {
  authority: AUTHORITY,
  era: 2,
  number: 7,
  issued_at: at(-HOUR),
  next_update: at(90 * DAY),
  ...bringing(key('status', 'intermediate')),
};
const keySet = (overrides = {}, signer = 'authority') => statement('key-set', { ...members, ...overrides }, signer);
const good = keySet();
const keys = (passport, status, evidence = ['author']) => ({
  passport: ['authority', 'second-intermediate', ...passport],
  status,
  evidence,
});

const ok = (name, title, rule, document, counting, more = {}) =>
  suite.accept(name, title, rule, { keySet: document, anchors, now: NOW, ...more }, { keys: counting });
const no = (name, title, rule, document, reason = 'status_invalid') =>
  suite.reject(name, title, rule, { keySet: document, anchors, now: NOW }, reason);
const noKey = (name, title, rule, change) => no(name, title, rule, keySet(bringing(change(members.keys[0]))));
const noJwk = (name, title, rule, more) =>
  noKey(name, title, rule, (one) => ({ ...one, jwk: { ...one.jwk, ...more } }));

ok(
  'status',
  'another status key',
  'A status key of a key set takes the place of those that are configured; a purpose that it does not name stays.',
  good,
  keys([], ['intermediate']),
);
ok(
  'evidence',
  'another key for evidence',
  'So does one for evidence.',
  keySet(bringing(key('evidence', 'intermediate'))),
  keys([], ['status'], ['intermediate']),
);
ok(
  'passport',
  'one more key for passports',
  'One for passports comes beside those that are configured: the root stays.',
  keySet(bringing(key('passport', 'intermediate'))),
  keys(['intermediate'], ['status']),
);
ok(
  'passport-configured',
  'the root itself',
  'A key for passports that is configured already is not there twice.',
  keySet(bringing(key('passport', 'authority'))),
  keys([], ['status']),
);
ok(
  'second-root',
  'signed by another configured key for passports',
  'Any of the configured keys for passports signs key sets.',
  keySet({}, 'second-intermediate'),
  keys([], ['intermediate']),
);
ok(
  'two-purposes',
  'one key for two purposes',
  'A key may stand in for several purposes.',
  keySet(bringing(key('status', 'intermediate'), key('evidence', 'intermediate'))),
  keys([], ['intermediate'], ['intermediate']),
);
ok(
  'eight',
  'eight status keys',
  'There may be eight keys of a purpose.',
  keySet(
    bringing(
      ...Object.keys(KEYS)
        .slice(0, 8)
        .map((name) => key('status', name)),
    ),
  ),
  keys([], Object.keys(KEYS).slice(0, 8)),
);
ok(
  'tolerance',
  'issued 60,000 ms ahead',
  'Clocks may differ by the tolerance.',
  keySet({ issued_at: at(60_000) }),
  keys([], ['intermediate']),
);
const timed = keySet(bringing(key('status', 'intermediate', { not_before: at(1000), not_after: at(2000) })));
ok(
  'not-yet',
  'before the time of its only status key',
  'Where no key of a named purpose is in its time there is none: the configured one does not step in.',
  timed,
  keys([], []),
  { later: NOW + 999 },
);
ok('begins', 'when its time begins', 'A key counts from its beginning on.', timed, keys([], ['intermediate']), {
  later: NOW + 1000,
});
ok('ends', 'when its time ends', 'From its end on a key no longer counts.', timed, keys([], []), {
  later: NOW + 2000,
});
const short = keySet({
  next_update: at(1000),
  ...bringing(key('status', 'intermediate'), key('passport', 'intermediate')),
});
ok(
  'last-moment',
  'just before it runs out',
  'A key set counts until its next update.',
  short,
  keys(['intermediate'], ['intermediate']),
  { later: NOW + 999 },
);
ok(
  'run-out',
  'when it has run out',
  'A key set that has run out leaves its purposes without a key, but for the configured ones for passports.',
  short,
  keys([], []),
  { later: NOW + 1000 },
);

no('status-key', 'signed by a status key', 'Status keys, which are online, vouch for no keys.', keySet({}, 'status'));
no(
  'own-key',
  'signed by the key for passports that it brings',
  'Nobody vouches for themselves.',
  keySet(bringing(key('passport', 'intermediate')), 'intermediate'),
);
no(
  'other-root',
  'signed by the root key of another authority',
  'A root key vouches for its own authority only.',
  keySet({}, 'other-authority'),
);
no(
  'unknown-authority',
  'of an authority that nobody configured',
  'Key sets come from configured authorities.',
  keySet({ authority: 'elsewhere.mcps.test' }),
);
no('number-changed', 'another number', 'The number is signed.', { ...good, number: 8 });
no('era-changed', 'another era', 'The era is signed.', { ...good, era: 3 });
no('end-changed', 'a later end', 'The next update is signed.', { ...good, next_update: at(91 * DAY) });
no('purpose-changed', 'its key for another purpose', 'What a key is for is signed.', {
  ...good,
  keys: [{ ...good.keys[0], purpose: 'passport' }],
});
no('key-end-changed', 'a later end of its key', 'The time of a key is signed.', {
  ...good,
  keys: [{ ...good.keys[0], not_after: at(31 * DAY) }],
});
no(
  'stale',
  'past its next update',
  'From the instant of the next update on a key set is not taken.',
  keySet({ next_update: at(0) }),
  'status_stale',
);
no(
  'future',
  'issued in the future',
  'A key set is not from the future, but for the tolerance.',
  keySet({ issued_at: at(60_001) }),
);
no(
  'reversed',
  'a next update when it is issued',
  'A key set ends after it begins.',
  keySet({ next_update: members.issued_at }),
);
noKey('key-reversed', 'a key that ends as it begins', 'A key ends after it begins.', (one) => ({
  ...one,
  not_after: one.not_before,
}));
no('no-keys', 'without a key', 'There is at least one key.', keySet({ keys: [] }));
no(
  'nine',
  'nine status keys',
  'There are at most eight keys of a purpose.',
  keySet(bringing(...Object.keys(KEYS).map((name) => key('status', name)))),
);
no(
  'twice',
  'a key twice for a purpose',
  'A key stands once for a purpose, as it has one time.',
  keySet(bringing(key('status', 'intermediate'), key('status', 'intermediate', { not_after: at(DAY) }))),
);
noKey('purpose', 'a key for messages', 'The purposes are closed.', (one) => ({ ...one, purpose: 'message' }));
noKey('key-extra', 'a key with a name', 'The members of a key are exact.', (one) => ({ ...one, kid: 'k' }));
noKey('no-end', 'a key without an end', 'Every key has an end.', ({ purpose, jwk, not_before }) => ({
  purpose,
  jwk,
  not_before,
}));
noKey('key-text', 'a key that is its thumbprint', 'A key is an object.', () => KEYS.intermediate.thumbprint);
noKey('key-seconds', 'a key from a local time on', 'The times of a key are in UTC.', (one) => ({
  ...one,
  not_before: '2026-02-28T12:00:00.000',
}));
noJwk('private', 'a private key', 'A key is public.', { d: KEYS.intermediate.privateJwk.d });
noJwk('curve', 'a key on another curve', 'Keys are on P-256.', { crv: 'P-384' });
noJwk('key-type', 'a key of another type', 'Keys are of the type EC.', { kty: 'OKP' });
noJwk('no-point', 'a key that is no point of the curve', 'A key is a point of the curve.', { y: 'A'.repeat(43) });
noJwk('coordinate', 'a coordinate in 44 characters', 'Coordinates are base64url of 32 bytes.', {
  x: `${KEYS.intermediate.publicJwk.x}=`,
});
no(
  'foreign',
  'a key for passports of another authority',
  'No key signs passports for two authorities: whoever holds it could choose between their ceilings.',
  keySet(bringing(key('passport', 'other-authority'))),
);
no('era-zero', 'the era 0', 'Eras count from 1.', keySet({ era: 0 }));
no('negative', 'a negative number', 'Numbers count from 0.', keySet({ number: -1 }));
no('fraction', 'half a number', 'Numbers are whole.', keySet({ number: 7.5 }));
no('no-era', 'without an era', 'The root says which era is the present one.', keySet({ era: undefined }));
no('extra', 'one more member', 'Members are exact, signed or not.', keySet({ note: 'x' }));
no('keys-object', 'keys by purpose', 'The keys are an array.', keySet({ keys: { status: members.keys[0] } }));
no('seconds', 'a local time', 'Times are in UTC.', keySet({ issued_at: '2026-03-01T11:00:00.000' }));
no('base64url', 'a signature in base64url', 'The signature is in standard base64.', {
  ...good,
  signature: Buffer.from(good.signature, 'base64').toString('base64url'),
});
no(
  'duplicate',
  'a text with a number twice',
  'A text is strict JSON.',
  JSON.stringify(good).replace('"number":7', '"number":6,"number":7'),
);
no('array', 'an array', 'A key set is an object.', [good]);

const sequence = (name, title, rule, ...steps) => suite.sequence(name, title, rule, { anchors, steps });
const step = (document, expect, more = {}) => ({ keySet: document, now: NOW, ...more, expect });
const judging = (...counting) => ({ ...accepted, keys: keys(...counting) });
const look = (expect, more = {}) => ({ now: NOW, ...more, expect });
const taken = judging([], ['intermediate']);
const older = keySet({ number: 6, ...bringing(key('status', 'status')) });
const rolledBack = refused('key_set_rolled_back');

sequence(
  'newer',
  'a newer one',
  'A higher number follows a lower one, and nothing stays of the keys before.',
  step(keySet(bringing(key('status', 'intermediate'), key('passport', 'agent'))), judging(['agent'], ['intermediate'])),
  step(keySet({ number: 9, ...bringing(key('evidence', 'agent')) }), judging([], ['status'], ['agent'])),
);
sequence('again', 'the same one again', 'The present one may come again.', step(good, taken), step(good, taken));
sequence(
  'later-era',
  'a later era',
  'The root begins another era with a newer key set.',
  step(good, taken),
  step(keySet({ number: 8, era: 3 }), taken),
);
sequence(
  'kept-run-out',
  'kept over a restart, and run out meanwhile',
  'A key that was put out of use does not come back, whoever withholds the next key set.',
  step(short, judging(['intermediate'], ['intermediate'])),
  look(judging([], []), { now: NOW + 1000, restart: 'kept' }),
);
sequence(
  'rolled-back',
  'an older one',
  'After a newer key set an older one is refused, and changes nothing.',
  step(good, taken),
  step(older, rolledBack),
  look(taken),
);
sequence(
  'forked',
  'another one under the same number',
  'A number is used for one key set.',
  step(good, taken),
  step(keySet(bringing(key('status', 'agent'))), rolledBack),
  look(taken),
);
sequence(
  'earlier-era',
  'a newer one of an earlier era',
  'An era that has ended does not come back.',
  step(good, taken),
  step(keySet({ number: 8, era: 1 }), rolledBack),
);
sequence(
  'restart',
  'an older one after a restart that has forgotten the newer one',
  'The highest number survives a restart.',
  step(good, taken),
  step(older, rolledBack, { restart: 'lost' }),
);
sequence(
  'brought-key',
  'signed by a key for passports that the one before has brought',
  'Only configured keys vouch for keys, or a lost one could never be put out of use.',
  step(keySet(bringing(key('passport', 'agent'))), judging(['agent'], ['status'])),
  step(keySet({ number: 8 }, 'agent'), refused('status_invalid')),
);
sequence(
  'refused-number',
  'the next one after a forged one with a high number',
  'What was not signed leaves no number behind.',
  step(keySet({ number: 99 }, 'stranger'), refused('status_invalid')),
  step(good, taken),
);
sequence(
  'stale-number',
  'the next one after a higher number that has run out',
  'What has run out leaves no number behind.',
  step(keySet({ number: 8, next_update: at(-1) }), refused('status_stale')),
  step(good, taken),
);
sequence(
  'foreign-brought',
  'a key for passports that another authority has brought',
  'What other key sets have brought is theirs as well.',
  step(keySet({ authority: OTHER, ...bringing(key('passport', 'agent')) }, 'other-authority'), judging([], ['status'])),
  step(keySet(bringing(key('passport', 'agent'))), refused('status_invalid')),
);
