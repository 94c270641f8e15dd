import { Suite, accepted, refused } from '../suite.mjs';
import { id, nonce } from '../world.mjs';

const suite = new Suite({
  slug: 'replay',
  layer: 'protocol',
  description:
    'A replay store and what is put to it. `atMs` is the clock since the store began; `expiresInMs` counts from the same instant: timestamp plus window. `nonces` are consumed together or not at all. `pool` names who answers for the identity: its anchor, or `unanchored`. `store` bounds the live nonces in all (`capacity`), of one identity (`perPassport`), of one pool (`perPool`), and the share of the capacity for `unanchored` (`unanchoredShare`).',
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
run(
  'last-millisecond',
  'a nonce at the end of its time',
  'A message is good at the very millisecond at which its time ends.',
  undefined,
  put(WINDOW + 1, 1, undefined, { expiresInMs: WINDOW + 1 }),
);
run(
  'over',
  'a nonce whose time is over',
  'What can no longer be accepted is not remembered either.',
  undefined,
  put(WINDOW + 2, 1, 'below_store_floor', { expiresInMs: WINDOW + 1 }),
);
run(
  'clock-set-back',
  'a clock that is set back over what was forgotten',
  'The floor rises with what is forgotten and never falls, so an earlier clock revives nothing.',
  undefined,
  put(1, 1),
  put(3 * WINDOW, 2),
  put(2, 1, 'below_store_floor', { expiresInMs: 1 + WINDOW }),
);
run(
  'pair-over',
  'two nonces, the earlier one forgotten',
  'A pair is accepted only if both of it can be told from a repetition.',
  undefined,
  put(WINDOW + 2, [1, 2], 'below_store_floor', { expiresInMs: WINDOW + 1 }),
  put(WINDOW + 3, 2),
);
run(
  'per-authority',
  'one authority over its quota, another not',
  'The passports of one authority take no places of another.',
  { capacity: 16, perPassport: 4, perPool: 2 },
  put(1, 1),
  put(2, 2, undefined, { passportId: id('b') }),
  put(3, 3, 'replay_store_full', { passportId: id('c') }),
  put(4, 3, undefined, { passportId: id('c'), pool: 'other-authority.mcps.test' }),
);
run(
  'unanchored',
  'identities that cost nothing',
  'All who have no anchor share one small part of the places.',
  { capacity: 16, perPassport: 4, unanchoredShare: 0.125 },
  put(1, 1, undefined, { pool: 'unanchored' }),
  put(2, 2, undefined, { pool: 'unanchored', passportId: id('b'), key: 'stranger' }),
  put(3, 3, 'replay_store_full', { pool: 'unanchored', passportId: id('c'), key: 'author' }),
  put(4, 3),
);
run(
  'pair-full',
  'two nonces and one place',
  'A pair that does not fit takes no place at all.',
  { capacity: 8, perPassport: 2 },
  put(1, 1),
  put(2, [2, 3], 'replay_store_full'),
  put(3, 2),
);
