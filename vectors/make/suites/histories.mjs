import { Log } from '../merkle.mjs';
import { Suite, accepted, refused } from '../suite.mjs';
import { ANCHORS, AUTHORITY, NOW, NOW_TEXT, statement } from '../world.mjs';

const suite = new Suite({
  slug: 'histories',
  layer: 'protocol',
  description:
    'What a monitor believes, one step after another: each shows a verified tree head, with a consistency proof between it and the furthest state that was believed, or without. `trustedEra` is the era that the root key has vouched for by then.',
  input: {
    required: ['anchors', 'now', 'steps'],
    properties: {
      anchors: { type: 'array' },
      now: { type: 'integer' },
      steps: {
        type: 'array',
        items: {
          type: 'object',
          required: ['head', 'expect'],
          properties: {
            head: { type: 'object' },
            proof: { type: 'object' },
            trustedEra: { type: 'integer' },
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

const texts = Array.from({ length: 9 }, (_, index) => `entry ${index}`);
const log = new Log(texts);
const restored = new Log([...texts.slice(0, 4), ...texts.slice(4).map((text) => `${text}, again`)]);
const headOf = (of, size, { epoch = size, era = 1 } = {}) =>
  statement('tree-head', { authority: AUTHORITY, era, epoch, ...of.at(size), timestamp: NOW_TEXT }, 'status');
const step = (head, proof, expect = accepted, more = {}) => ({
  head,
  ...(proof === undefined ? {} : { proof }),
  ...more,
  expect,
});
const fork = refused('status_fork');
const history = (name, title, rule, ...steps) =>
  suite.sequence(name, title, rule, { anchors: ANCHORS, now: NOW, steps });
const first = step(headOf(log, 5));

history(
  'grows',
  'a log that grows',
  'A later state proves that it goes on from the last one.',
  first,
  step(headOf(log, 7), log.consistency(5, 7)),
  step(headOf(log, 9), log.consistency(7, 9)),
);
history(
  'again',
  'the same state again',
  'Between equal states there is nothing to prove.',
  first,
  step(headOf(log, 5)),
);
history(
  'late',
  'an earlier state after a later one',
  'An earlier state proves that the later one goes on from it; the later one stays the furthest.',
  step(headOf(log, 7)),
  step(headOf(log, 5), log.consistency(5, 7)),
  step(headOf(log, 9), log.consistency(7, 9)),
);
history(
  'era',
  'a new era that the root vouches for',
  'A new era begins anew; the count of revocations goes on.',
  step(headOf(log, 7)),
  step(headOf(restored, 6, { epoch: 7, era: 2 }), undefined, accepted, { trustedEra: 2 }),
  step(headOf(restored, 8, { era: 2 }), restored.consistency(6, 8), accepted, { trustedEra: 2 }),
);
history(
  'restored',
  'a restored backup that goes on',
  'What was logged stays logged.',
  step(headOf(log, 7)),
  step(headOf(restored, 9), restored.consistency(7, 9), fork),
);
history(
  'restored-smaller',
  'a restored backup as it is',
  'A log does not shrink.',
  step(headOf(log, 7)),
  step(headOf(restored, 6), restored.consistency(6, 7), fork),
);
history(
  'restored-same',
  'another state of the same size',
  'One size has one root.',
  step(headOf(log, 7)),
  step(headOf(restored, 7), undefined, fork),
);
history(
  'no-proof',
  'a later state without a proof',
  'Nobody is believed on its word.',
  first,
  step(headOf(log, 7), undefined, fork),
);
history(
  'smaller-no-proof',
  'an earlier state without a proof',
  'An earlier state has to be one of this history.',
  first,
  step(headOf(log, 3), undefined, fork),
);
history(
  'other-proof',
  'the proof between two other states',
  'The proof begins at the furthest state.',
  first,
  step(headOf(log, 9), log.consistency(7, 9), fork),
);
history(
  'after-fork',
  'the true log after a false one',
  'What was refused changes nothing.',
  step(headOf(log, 7)),
  step(headOf(restored, 8), restored.consistency(7, 8), fork),
  step(headOf(log, 8), log.consistency(7, 8)),
);
history(
  'fewer-revocations',
  'a later state with fewer revocations',
  'Revocations are counted, and only ever more.',
  first,
  step(headOf(log, 7, { epoch: 4 }), log.consistency(5, 7), fork),
);
history(
  'epoch-same-size',
  'another count at the same size',
  'Every revocation is logged.',
  first,
  step(headOf(log, 5, { epoch: 6 }), undefined, fork),
);
history(
  'earlier-more-revocations',
  'an earlier state with more revocations',
  'The count of the past was no higher.',
  first,
  step(headOf(log, 3, { epoch: 6 }), log.consistency(3, 5), fork),
);
history(
  'era-unvouched',
  'a new era that nobody vouches for',
  'Only the root key begins an era.',
  step(headOf(log, 7)),
  step(headOf(restored, 8, { era: 2 }), undefined, fork),
);
history(
  'era-beyond',
  'an era beyond the one that is vouched for',
  'The root vouches for one era at a time.',
  step(headOf(log, 7)),
  step(headOf(restored, 8, { era: 3 }), undefined, fork, { trustedEra: 2 }),
);
history(
  'era-forgets',
  'a new era with fewer revocations',
  'No era un-revokes.',
  step(headOf(log, 7)),
  step(headOf(restored, 8, { era: 2, epoch: 6 }), undefined, fork, { trustedEra: 2 }),
);
history(
  'era-ended',
  'the old era after a new one',
  'An era that has ended does not come back.',
  step(headOf(log, 7)),
  step(headOf(restored, 8, { era: 2 }), undefined, accepted, { trustedEra: 2 }),
  step(headOf(log, 9), log.consistency(7, 9), fork, { trustedEra: 2 }),
);
