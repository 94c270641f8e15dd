import { Suite, accepted, refused } from '../suite.mjs';
import { id, nonce } from '../world.mjs';

const suite = new Suite({
  slug: 'replay',
  layer: 'protocol',
  description:
    'A replay store and what is put to it. `atMs` is the clock since the store began; `expiresInMs` counts from the same instant: timestamp plus window. `nonces` are consumed together or not at all.',
  input: {
    required: ['steps'],
    properties: { store: { type: 'object' }, steps: { type: 'array', minItems: 1 } },
    additionalProperties: false,
  },
});
export default suite;

const WINDOW = 300_000;
const put = (atMs, nonces, reason, extra = {}) => ({
  atMs,
  passportId: id('a'),
  key: 'agent',
  pool: 'authority.mcps.test',
  nonces: [].concat(nonces).map(nonce),
  expiresInMs: atMs + WINDOW,
  ...extra,
  expect: reason === undefined ? accepted : refused(reason),
});
const run = (name, title, rule, store, ...steps) =>
  suite.sequence(name, title, rule, { ...(store && { store }), steps });

run('fresh', 'different nonces', 'Every nonce is new once.', undefined, put(1, 1), put(2, 2));
run(
  'per-passport',
  'one nonce of two passports',
  'A nonce belongs to its signer: nobody can use up the nonces of another.',
  undefined,
  put(1, 1),
  put(2, 1, undefined, { passportId: id('b') }),
);
run(
  'per-key',
  'one nonce of two keys under one id',
  'A nonce belongs to its key.',
  undefined,
  put(1, 1),
  put(2, 1, undefined, { key: 'stranger' }),
);
run('repeated', 'a nonce twice', 'A nonce is used once.', undefined, put(1, 1), put(2, 1, 'nonce_repeated'));
run(
  'repeated-late',
  'a nonce again at the end of its time',
  'A nonce is kept until its own timestamp can no longer be accepted.',
  undefined,
  put(1, 1),
  put(WINDOW, 1, 'nonce_repeated', { expiresInMs: 1 + WINDOW }),
);
run(
  'dated-ahead',
  'a message dated ahead, again after one window',
  'What counts is the timestamp and not the arrival.',
  undefined,
  put(1, 1, undefined, { expiresInMs: 60_000 + WINDOW }),
  put(WINDOW + 30_000, 1, 'nonce_repeated', { expiresInMs: 60_000 + WINDOW }),
);
run(
  'pair',
  'two nonces together',
  'A repeated call uses up both of its nonces.',
  undefined,
  put(1, [1, 2]),
  put(2, 1, 'nonce_repeated'),
  put(3, 2, 'nonce_repeated'),
);
run(
  'pair-half-used',
  'two nonces of which one is used',
  'Both or none: the other stays new.',
  undefined,
  put(1, 1),
  put(2, [1, 2], 'nonce_repeated'),
  put(3, 2),
);
run(
  'pair-same',
  'one nonce named twice',
  'A repetition has a nonce of its own.',
  undefined,
  put(1, [1, 1], 'nonce_repeated'),
);
run(
  'full',
  'a full store',
  'A full store refuses and forgets nothing.',
  { capacity: 8, perPassport: 2 },
  put(1, 1),
  put(2, 2),
  put(3, 3, 'replay_store_full'),
  put(4, 1, 'nonce_repeated'),
);
run(
  'quota',
  'one passport over its quota, another not',
  'Nobody takes the places of others.',
  { capacity: 16, perPassport: 2 },
  put(1, 1),
  put(2, 2),
  put(3, 3, 'replay_store_full'),
  put(4, 3, undefined, { passportId: id('b') }),
);
run(
  'room-again',
  'room again after expiry',
  'What has expired makes room.',
  { capacity: 8, perPassport: 2 },
  put(1, 1),
  put(2, 2),
  put(WINDOW + 2000, 3),
);
