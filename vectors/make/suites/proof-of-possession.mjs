import { Buffer } from 'node:buffer';
import { Suite } from '../suite.mjs';
import { AUTHORITY, KEYS, NOW, at, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'proof-of-possession',
  layer: 'protocol',
  description:
    'Proofs that somebody holds the key named `key`, verified at `now` by the authority `expected.authority` that has handed out `expected.challenge`.',
  input: {
    required: ['statement', 'key', 'expected', 'now'],
    properties: {
      statement: {},
      key: { type: 'string' },
      expected: { type: 'object', required: ['authority', 'challenge'] },
      now: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

const challenge = Buffer.alloc(32, 7).toString('base64url');
const expected = { authority: AUTHORITY, challenge };
const members = {
  authority: AUTHORITY,
  challenge,
  key_thumbprint: KEYS.agent.thumbprint,
  expires_at: at(60_000),
};
const proof = (overrides = {}, signer = 'agent') =>
  statement('proof-of-possession', { ...members, ...overrides }, signer);
const input = (document, more) => ({ statement: document, key: 'agent', expected, now: NOW, ...more });
const ok = (name, title, rule, document) => suite.accept(name, title, rule, input(document));
const no = (name, title, rule, document, reason = 'possession_invalid', more = {}) =>
  suite.reject(name, title, rule, input(document, more), reason);
const good = proof();

ok('valid', 'a proof', 'The key signs the challenge among other members.', good);
ok(
  'longest',
  'good for 300 s on a clock that is 60 s ahead',
  'A proof counts for at most 300 s, give or take a difference of clocks.',
  proof({ expires_at: at(360_000) }),
);

no('other-key', 'signed by another key', 'The key itself signs.', proof({}, 'stranger'));
no(
  'other-thumbprint',
  'that names another key',
  'A proof names the key that it is about.',
  proof({ key_thumbprint: KEYS.stranger.thumbprint }),
);
no(
  'key-of-another',
  'presented for a key that did not sign',
  'Nobody enrols the key of another.',
  proof({ key_thumbprint: KEYS.server.thumbprint }),
  'possession_invalid',
  { key: 'server' },
);
no(
  'other-authority',
  'made for another authority',
  'An authority cannot pass a proof on to another.',
  proof({ authority: 'other.mcps.test' }),
);
no(
  'other-challenge',
  'of another challenge',
  'A proof is made for one challenge.',
  proof({ challenge: Buffer.alloc(32, 8).toString('base64url') }),
);
no(
  'short-challenge',
  'of a challenge of 31 bytes',
  'A challenge is 32 bytes.',
  proof({ challenge: Buffer.alloc(31, 7).toString('base64url') }),
  'possession_invalid',
  {
    expected: { ...expected, challenge: Buffer.alloc(31, 7).toString('base64url') },
  },
);
no(
  'padded-challenge',
  'of a challenge with padding',
  'A challenge has one spelling.',
  proof({ challenge: `${challenge}=` }),
  'possession_invalid',
  {
    expected: { ...expected, challenge: `${challenge}=` },
  },
);
no(
  'expired',
  'past its end',
  'From its end on it no longer counts.',
  proof({ expires_at: at(0) }),
  'possession_expired',
);
no('too-long', 'good for longer than 300 s', 'A proof cannot be made to keep.', proof({ expires_at: at(360_001) }));
no('end-changed', 'with a later end', 'The end is signed.', { ...good, expires_at: at(61_000) });
no('no-end', 'without an end', 'Members are exact.', proof({ expires_at: undefined }));
no('extra', 'one more member', 'No member beside these is signed.', proof({ note: 'x' }));
no('challenge-alone', 'a signature over the challenge alone', 'Nobody signs bytes that another has chosen.', {
  ...members,
  signature: statement('proof-of-possession', { challenge }, 'agent').signature,
});
no('short-signature', 'a signature that is too short', 'A signature is 64 bytes.', { ...good, signature: 'AAAA' });
no('text', 'a text', 'A proof is an object.', 'proof');
