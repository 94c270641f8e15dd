import { Suite, accepted, refused } from '../suite.mjs';

const suite = new Suite({
  slug: 'sequence',
  layer: 'protocol',
  description:
    'The numbers of one direction as they arrive. A step `{"refused":true}` is a message that arrived and was refused before its number was verified.',
  input: {
    required: ['delivery', 'steps'],
    properties: { delivery: { enum: ['ordered', 'concurrent'] }, steps: { type: 'array', minItems: 1 } },
    additionalProperties: false,
  },
});
export default suite;
const step = (seq, reason) => ({ seq, expect: reason === undefined ? accepted : refused(reason) });
const lost = { refused: true, expect: accepted };
const run = (id, title, rule, delivery, ...steps) => suite.sequence(id, title, rule, { delivery, steps });

run('ordered', 'one after the other', 'Numbers begin at 0 and go up by one.', 'ordered', step(0), step(1), step(2));
run(
  'ordered-refused',
  'a number missing for a message that was refused',
  'What was refused aloud was not lost in silence.',
  'ordered',
  step(0),
  lost,
  step(2),
);
run(
  'concurrent',
  'in any order',
  'Where every message is a request of its own, each number is taken once, in any order.',
  'concurrent',
  step(2),
  step(0),
  step(1),
  step(3),
);
run(
  'ordered-gap',
  'a number that never came',
  'A lost message shows with the next one.',
  'ordered',
  step(0),
  step(2, 'sequence_gap'),
);
run(
  'ordered-start',
  'a first number above 0',
  'The first message may not be lost either.',
  'ordered',
  step(1, 'sequence_gap'),
);
run(
  'ordered-repeated',
  'a number twice',
  'Each number is used once.',
  'ordered',
  step(0),
  step(0, 'sequence_repeated'),
);
run(
  'ordered-late',
  'two messages exchanged',
  'A message that comes late is refused.',
  'ordered',
  step(0),
  step(2, 'sequence_gap'),
  step(1, 'sequence_repeated'),
);
run(
  'ordered-two-lost',
  'two numbers missing for one refused message',
  'One refusal explains one number.',
  'ordered',
  step(0),
  lost,
  step(3, 'sequence_gap'),
);
run(
  'ordered-explained-once',
  'one refusal for two gaps',
  'A refusal explains a gap once.',
  'ordered',
  step(0),
  lost,
  step(2),
  step(4, 'sequence_gap'),
);
run(
  'concurrent-repeated',
  'a number twice, in any order',
  'Each number is taken once.',
  'concurrent',
  step(1),
  step(0),
  step(1, 'sequence_repeated'),
);
run(
  'concurrent-missing-twice',
  'a late number twice',
  'A late number is taken once too.',
  'concurrent',
  step(2),
  step(0),
  step(0, 'sequence_repeated'),
);
run(
  'concurrent-far',
  'a number beyond the window',
  'The window is 1,024 numbers.',
  'concurrent',
  step(0),
  step(1025, 'sequence_gap'),
);
run(
  'concurrent-old',
  'a number that has left the window',
  'What has left the window is not taken any more.',
  'concurrent',
  step(0),
  step(2),
  step(1000),
  step(1026),
  step(1, 'sequence_repeated'),
);
run(
  'concurrent-window-edge',
  'as far ahead as may be',
  'The window reaches 1,024 numbers ahead of the highest.',
  'concurrent',
  step(0),
  step(1024),
  step(1),
);
run(
  'ordered-far-refused',
  'a gap after more refusals than numbers',
  'Refused messages explain at most the numbers that are missing, and are then forgotten.',
  'ordered',
  step(0),
  lost,
  lost,
  step(2),
  step(4, 'sequence_gap'),
);
