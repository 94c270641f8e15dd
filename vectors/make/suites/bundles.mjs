import { bundle, bundleMembers, keySet, list, listMembers } from '../bundles.mjs';
import { Suite } from '../suite.mjs';
import { AUTHORITY, DAY, KEYS, NOW, at, id, passport } from '../world.mjs';

const OTHER = 'other.mcps.test';

const suite = new Suite({
  slug: 'bundles',
  layer: 'protocol',
  description:
    'Bundles, verified at `now` by a verifier with `anchors`. `passports` are the ids of those that come out, `listUntil` is from when on the list no longer counts.',
  input: {
    required: ['bundle', 'anchors', 'now'],
    properties: { bundle: {}, anchors: { type: 'array' }, now: { type: 'integer' } },
    additionalProperties: false,
  },
});
export default suite;

// The status key of the configuration is `status`; the key set of a bundle brings `intermediate` in its place.
const anchors = [
  { issuer: AUTHORITY, keys: ['authority'], statusKeys: ['status'] },
  { issuer: OTHER, keys: ['other-authority'] },
];
const input = (document) => ({ bundle: document, anchors, now: NOW });
const ok = (name, title, rule, document, passports = [id('a')]) =>
  suite.accept(name, title, rule, input(document), { passports, listUntil: Date.parse(document.expires_at) });
const no = (name, title, rule, document, reason = 'status_invalid') =>
  suite.reject(name, title, rule, input(document), reason);
const good = bundle();
const own = bundleMembers.passports[0];
const withPassport = (members, signer) =>
  bundle({ passports: [own, passport({ passport_id: id('b'), ...members }, signer)] });
const key = (purpose, name, more = {}) => ({
  purpose,
  jwk: KEYS[name].publicJwk,
  not_before: at(-DAY),
  not_after: at(DAY),
  ...more,
});

ok('valid', 'a bundle', 'A bundle is signed by a status key that its key set has brought.', good);
ok(
  'old-list',
  'a list past its next update',
  'The bundle vouches for its list until it ends itself.',
  bundle({ list: list({ issued_at: at(-2 * DAY), next_update: at(-DAY) }) }),
);
ok('no-passports', 'without passports', 'Passports are for convenience.', bundle({ passports: [] }), []);
ok(
  'expired',
  'a passport that has expired since',
  'What has expired on the way is left out.',
  withPassport({ issued_at: at(-2 * DAY), expires_at: at(0) }),
);
ok(
  'brought-key',
  'a passport by a key that the key set has brought',
  'The key set counts for the passports as well.',
  bundle({
    key_set: keySet({ keys: [key('status', 'intermediate'), key('passport', 'second-intermediate')] }),
    passports: [passport({}, 'second-intermediate')],
  }),
);
ok(
  'configured',
  'a key set without a status key',
  'What a key set does not name stays as it is configured.',
  bundle({ key_set: keySet({ keys: [key('evidence', 'intermediate')] }), list: list({}, 'status') }, 'status'),
);
ok('tolerance', 'made 60,000 ms ahead', 'Clocks may differ by the tolerance.', bundle({ created_at: at(60_000) }));

no('root', 'signed by the root key', 'The root key signs no bundles.', bundle({}, 'authority'));
no(
  'replaced',
  'signed by the configured status key, which the key set replaces',
  'A status key that has been replaced signs no bundles.',
  bundle({}, 'status'),
);
no(
  'own-key-set',
  'a key set that the configured status key has signed',
  'The key set comes from the root key, whoever carries it.',
  bundle({ key_set: keySet({}, 'status') }),
);
no(
  'key-not-in-time',
  'signed by a status key whose time is over',
  'The key of a bundle is in its time when the bundle is verified.',
  bundle({ key_set: keySet({ keys: [key('status', 'intermediate', { not_after: at(0) })] }) }),
);
no(
  'key-set-stale',
  'a key set past its next update',
  'The key set of a bundle has to count by itself.',
  bundle({ key_set: keySet({ next_update: at(0) }) }),
  'status_stale',
);
no(
  'key-set-future',
  'a key set from the future',
  'The key set is not from the future.',
  bundle({ key_set: keySet({ issued_at: at(60_001) }) }),
);
no(
  'foreign-key',
  'a key set with a key for passports of another authority',
  'The key set is taken as any other, and refused where it takes the key of somebody else.',
  bundle({ key_set: keySet({ keys: [key('status', 'intermediate'), key('passport', 'other-authority')] }) }),
);
no(
  'stale',
  'past its end',
  'From the instant of its end on a bundle no longer counts.',
  bundle({ expires_at: at(0) }),
  'status_stale',
);
no('future', 'made in the future', 'A bundle is not from the future.', bundle({ created_at: at(60_001) }));
no(
  'reversed',
  'an end when it is made',
  'A bundle ends after it begins.',
  bundle({ expires_at: bundleMembers.created_at }),
);
no(
  'list-root',
  'a list that the root key has signed',
  'The list is signed by a status key too.',
  bundle({ list: list({}, 'authority') }),
);
no(
  'list-replaced',
  'a list that the replaced status key has signed',
  'A lost status key makes no list, however the list is carried.',
  bundle({ list: list({}, 'status') }),
);
no(
  'list-forged',
  'a list that was changed before the bundle was signed',
  'The signature of a bundle does not stand in for that of its list.',
  bundle({ list: { ...list(), revoked: [] } }),
);
no(
  'list-future',
  'a list from the future',
  'The list is not from the future.',
  bundle({ list: list({ issued_at: at(60_001) }) }),
);
no(
  'list-of-another',
  'the list of another authority',
  'All of a bundle is of one authority.',
  bundle({ list: list({ issuer: OTHER }, 'other-authority') }),
);
no(
  'key-set-of-another',
  'the key set of another authority',
  'The key set is that of the authority that the bundle names.',
  // All else is as if there were no key set: only the name tells.
  bundle({ key_set: keySet({ authority: OTHER }, 'other-authority'), list: list({}, 'status') }, 'status'),
);
no(
  'unknown-authority',
  'of an authority that nobody configured',
  'Bundles come from configured authorities.',
  bundle({
    authority: 'elsewhere.mcps.test',
    key_set: keySet({ authority: 'elsewhere.mcps.test' }),
    list: list({ issuer: 'elsewhere.mcps.test' }),
    passports: [],
  }),
);
no(
  'passport-forged',
  'a passport that somebody else has signed',
  'The signature of a bundle does not stand in for that of a passport.',
  withPassport({}, 'stranger'),
  'passport_signature_invalid',
);
no(
  'passport-foreign',
  'a passport of another authority',
  'The passports are below the authority.',
  withPassport({ issuer: OTHER }, 'other-authority'),
);
no(
  'passport-unanchored',
  'a passport of nobody that is configured',
  'Whoever vouches for what has no anchor has not looked.',
  withPassport({ issuer: 'elsewhere.mcps.test' }, 'stranger'),
);
no(
  'passport-not-yet',
  'a passport from the future',
  'A passport that has not begun is a mistake, and is not left out.',
  withPassport({ issued_at: at(60_001) }),
  'passport_not_yet_valid',
);
no(
  'passport-malformed',
  'a passport with one more member',
  'Passports have their shape.',
  withPassport({ note: 'x' }),
  'passport_malformed',
);
no(
  'expired-malformed',
  'an expired passport with one more member',
  'So do those that are left out.',
  withPassport({ note: 'x', issued_at: at(-2 * DAY), expires_at: at(0) }),
  'passport_malformed',
);
no(
  'chain-too-deep',
  'a passport with six issuers',
  'Six issuers are a fault of their own here too.',
  withPassport({ issuer_chain: Array.from({ length: 6 }, () => 'e30=') }),
  'chain_too_deep',
);
no('number-changed', 'another number', 'The number is signed.', { ...good, number: 8 });
no('end-changed', 'a later end', 'The end is signed.', { ...good, expires_at: at(8 * DAY) });
no('passport-less', 'a passport less', 'The passports are signed.', { ...good, passports: [] });
no('key-set-changed', 'another authentic key set', 'Which key set it carries is signed.', {
  ...good,
  key_set: keySet({ number: 8 }),
});
no('list-changed', 'another authentic list', 'Which list it carries is signed.', {
  ...good,
  list: list({ number: listMembers.number - 1, revoked: [] }),
});
no('no-list', 'without a list', 'A bundle has a list.', bundle({ list: undefined }));
no('no-key-set', 'without a key set', 'A bundle has a key set.', bundle({ key_set: undefined }));
no(
  'key-set-text',
  'a key set as a text',
  'A key set is an object in a bundle.',
  bundle({ key_set: JSON.stringify(keySet()) }),
);
no(
  'list-extra',
  'a list with one more member',
  'The members of the list are exact.',
  bundle({ list: list({ note: 'x' }) }),
);
no(
  'key-set-extra',
  'a key set with one more member',
  'The members of the key set are exact.',
  bundle({ key_set: keySet({ note: 'x' }) }),
);
no('fraction', 'half a number', 'Numbers are whole.', bundle({ number: 4.5 }));
no('extra', 'one more member', 'The members of the bundle are exact.', bundle({ note: 'x' }));
no('seconds', 'a local time', 'Times are in UTC.', bundle({ created_at: '2026-03-01T11:00:00.000' }));
no('array', 'an array', 'A bundle is an object.', [good]);
