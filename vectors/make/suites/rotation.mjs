import { createPublicKey } from 'node:crypto';
import { Suite } from '../suite.mjs';
import { ANCHORS, DAY, KEYS, NOW, at, id, passport, sha256Hex, signContext, utf8 } from '../world.mjs';

const suite = new Suite({
  slug: 'rotation',
  layer: 'protocol',
  description:
    'A passport and the one that is to succeed it, both valid and verified at `now` against `anchors`; `proof` is the word of the replaced key.',
  input: {
    required: ['previous', 'next', 'anchors', 'now'],
    properties: {
      previous: { type: 'object' },
      next: { type: 'object' },
      proof: {},
      anchors: { type: 'array' },
      now: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

const input = (previous, next, proof) => ({
  previous,
  next,
  ...(proof === undefined ? {} : { proof }),
  anchors: ANCHORS,
  now: NOW,
});
const ok = (name, title, rule, ...values) => suite.accept(name, title, rule, input(...values));
const no = (name, title, rule, ...values) => suite.reject(name, title, rule, input(...values), 'rotation_invalid');

const pemHash = (key) =>
  sha256Hex(utf8(createPublicKey({ key: KEYS[key].publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })));
const rotation = { previous_key_hash: pemHash('agent'), rotated_at: at(0) };

const previous = passport();
const next = (members = {}, signer) =>
  passport(
    {
      passport_id: id('c'),
      key: 'stranger',
      issued_at: at(0),
      expires_at: at(2 * DAY),
      key_rotation: rotation,
      ...members,
    },
    signer,
  );
const own = passport({ issuer: 'self', trust_level: 0 }, 'agent');
const ownNext = (members = {}) => next({ issuer: 'self', trust_level: 0, ...members }, 'stranger');
function proof(members = {}, options = {}) {
  const { key = 'agent', context = 'rotation' } = options;
  const statement = {
    passport_id: previous.passport_id,
    new_key: KEYS.stranger.thumbprint,
    ...rotation,
    ...members,
  };
  return { ...statement, signature: signContext(key, context, statement) };
}

ok(
  'anchored',
  'a new key below the same anchor',
  'Below an anchor the issuer vouches for the change.',
  previous,
  next(),
);
ok('anchored-proof', 'the same with a proof', 'A proof may be given everywhere.', previous, next(), proof());
ok(
  'self',
  'a self-signed passport with a proof',
  'Where nobody else vouches, the replaced key does.',
  own,
  ownNext(),
  proof(),
);
no('self-alone', 'a self-signed passport without a proof', 'Anybody can name the hash of a key.', own, ownNext());
no(
  'no-rotation',
  'a successor that names no replaced key',
  'A successor says whose it is.',
  previous,
  next({ key_rotation: undefined }),
);
no(
  'other-hash',
  'the hash of another key',
  'The hash is that of the replaced key.',
  previous,
  next({ key_rotation: { ...rotation, previous_key_hash: pemHash('author') } }),
);
no('same-key', 'the same key', 'A rotation changes the key.', previous, next({ key: 'agent' }));
no('same-id', 'the same id', 'An id is never used again.', previous, next({ passport_id: previous.passport_id }));
no(
  'other-agent',
  'another agent',
  'The agent stays the same.',
  previous,
  next({ agent: { name: 'another', version: '1.0.0', capabilities: [] } }),
);
no(
  'before-issue',
  'a rotation before the replaced passport was issued',
  'A key is replaced after it was given.',
  previous,
  next({ key_rotation: { ...rotation, rotated_at: at(-DAY - 1) } }),
);
no(
  'other-standing',
  'an anchored passport for a self-signed one',
  'Standing is not gained by rotation.',
  own,
  next(),
  proof(),
);
no(
  'proof-other-key',
  'a proof by the new key',
  'The replaced key gives its word, and no other.',
  own,
  ownNext(),
  proof({}, { key: 'stranger' }),
);
no(
  'proof-other-new',
  'a proof for another new key',
  'A proof names the key that it is for.',
  own,
  ownNext(),
  proof({ new_key: KEYS.author.thumbprint }),
);
no(
  'proof-other-id',
  'a proof for another passport',
  'A proof names the passport that is replaced.',
  own,
  ownNext(),
  proof({ passport_id: id('d') }),
);
no(
  'proof-other-time',
  'a proof of another time',
  'A proof agrees with the passport.',
  own,
  ownNext(),
  proof({ rotated_at: at(1) }),
);
no(
  'proof-context',
  'a proof under another context',
  'A proof is signed under its own context.',
  own,
  ownNext(),
  proof({}, { context: 'evidence' }),
);
no('proof-extra', 'a proof with one more member', 'Members are exact.', own, ownNext(), proof({ note: '' }));
no(
  'proof-bad-anchored',
  'a bad proof below an anchor',
  'A proof that is given is verified, also where none is due.',
  previous,
  next(),
  proof({}, { key: 'author' }),
);
