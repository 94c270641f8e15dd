import { bundle, keySet, list } from '../bundles.mjs';
import { Suite, accepted, refused } from '../suite.mjs';
import { AUTHORITY, KEYS, DAY, NOW, at, id } from '../world.mjs';

const suite = new Suite({
  slug: 'bundle-sequences',
  layer: 'trust-client',
  description:
    'What a site without a connection takes, with `anchors` at `now`: one bundle after another. Before a step with `restart` it has lost everything but what it has to remember. After a step `revoked` are those that it takes for revoked, of the passports `asp_aaa…` and `asp_ccc…`.',
  input: {
    required: ['anchors', 'now', 'steps'],
    properties: {
      anchors: { type: 'array' },
      now: { type: 'integer' },
      steps: {
        type: 'array',
        items: {
          type: 'object',
          required: ['bundle', 'expect'],
          properties: {
            bundle: { type: 'object' },
            restart: { const: true },
            expect: { type: 'object' },
            revoked: { type: 'array' },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
});
export default suite;

const anchors = [{ issuer: AUTHORITY, keys: ['authority'], statusKeys: ['status'] }];
const sequence = (name, title, rule, ...steps) => suite.sequence(name, title, rule, { anchors, now: NOW, steps });
const step = (document, expect = accepted, revoked = [id('c')]) => ({ bundle: document, expect, revoked });
const rolledBack = refused('bundle_rolled_back');
const entry = (digit) => ({
  passport_id: id(digit),
  reason: 'key_compromise',
  revoked_at: at(-DAY),
  passport_expires_at: at(DAY),
});
const both = { epoch: 2, number: 13, revoked: [entry('a'), entry('c')] };
const everybody = [id('a'), id('c')];
const first = bundle();
const newerKeys = keySet({
  number: 8,
  keys: [{ purpose: 'status', jwk: KEYS.server.publicJwk, not_before: at(-DAY), not_after: at(DAY) }],
});
const second = bundle({ number: 5, list: list(both) });
const withNewerKeys = bundle({ number: 5, key_set: newerKeys, list: list(both, 'server') }, 'server');

sequence(
  'newer',
  'a newer one',
  'A higher number follows a lower one.',
  step(first),
  step(second, accepted, everybody),
);
sequence('again', 'the same one again', 'The present one may be carried in again.', step(first), step(first));
sequence(
  'new-keys',
  'one that is signed by the next status key',
  'A bundle brings the keys by which it is judged.',
  step(first),
  step(withNewerKeys, accepted, everybody),
);
sequence(
  'rolled-back',
  'an older one',
  'After a newer bundle an older one is refused: whom the newer one revoked stays revoked.',
  step(second, accepted, everybody),
  step(first, rolledBack, everybody),
);
sequence(
  'forked',
  'another one under the same number',
  'A number is used for one bundle.',
  step(first),
  step(bundle({ passports: [] }), rolledBack),
);
sequence(
  'restart',
  'an older one after a restart',
  'The highest number survives a restart.',
  step(second, accepted, everybody),
  { bundle: first, restart: true, expect: rolledBack },
);
sequence(
  'old-keys',
  'one with an older key set, signed by a key that is out of use since',
  'Whoever has stolen a status key that was replaced makes no bundle, whatever its number.',
  step(bundle({ key_set: newerKeys, list: list({}, 'server') }, 'server')),
  step(second, refused('key_set_rolled_back')),
);
sequence(
  'old-list',
  'one with an older list',
  'The list is held to its place by itself.',
  step(second, accepted, everybody),
  step(bundle({ number: 6 }), refused('status_list_rolled_back'), everybody),
);
sequence(
  'forged-number',
  'the next one after a forged one with a high number',
  'What was not signed leaves nothing behind.',
  step(bundle({ number: 99, list: list(both) }, 'stranger'), refused('status_invalid'), []),
  step(first),
);
sequence(
  'old-keys-number',
  'the next one after a higher number with an older key set',
  'A bundle that was refused for its key set leaves no number behind.',
  step(bundle({ key_set: newerKeys, list: list({}, 'server') }, 'server')),
  step(bundle({ number: 99, list: list(both) }), refused('key_set_rolled_back')),
  step(withNewerKeys, accepted, everybody),
);
