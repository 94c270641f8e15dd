import { Buffer } from 'node:buffer';
import { Suite } from '../suite.mjs';
import { base64, canonicalize, contextBytes, sha256Hex, sign, signContext, KEYS, at } from '../world.mjs';
import { highS, signBytes } from '../signatures.mjs';

const suite = new Suite({
  slug: 'audit-trails',
  layer: 'audit',
  description:
    'The files of an audit trail as texts, the oldest first, verified with the named keys, and with the head that is expected where there is one. `expect` of what is accepted is what a verifier tells of it; `place` of what is refused is the file (from 0) and the line (from 1), where the fault has a place.',
  input: {
    required: ['files', 'keys'],
    properties: {
      files: { type: 'array', items: { type: 'string' } },
      keys: { type: 'array', items: { type: 'string' } },
      expectedHead: {
        type: 'object',
        required: ['trail', 'seq', 'hash'],
        properties: { trail: { type: 'string' }, seq: { type: 'integer' }, hash: { type: 'string' } },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
});
export default suite;

const TRAIL = '7a'.repeat(16);
const NONE = '0'.repeat(64);
const hashed = (line) => ({ ...line, hash: sha256Hex(contextBytes('audit-entry', line)) });
const withoutHash = (line) => Object.fromEntries(Object.entries(line).filter(([name]) => name !== 'hash'));

/** Makes lines one after another. What a step overrides is signed and hashed with it. */
function chain(steps, { trail = TRAIL, seq = 1, prev = NONE } = {}) {
  const lines = [];
  for (const step of steps) {
    const last = lines.at(-1);
    const place = { trail, seq: last === undefined ? seq : last.seq + 1, prev: last === undefined ? prev : last.hash };
    lines.push(step(place));
  }
  return lines;
}
const entry = (record) => (place) => hashed({ ...place, record });
const RECORD = { time: at(0), event: 'message.accepted', decision: 'accepted', role: 'server', method: 'tools/call' };
const number = (id) => entry({ ...RECORD, id });
const checkpoint =
  (kind, { key = 'author', context = 'audit-checkpoint', named = key, change = (text) => text, ...more } = {}) =>
  (place) => {
    const members = { ...place, checkpoint: { time: at(1000), kind, key: KEYS[named].thumbprint, ...more } };
    return hashed({ ...members, signature: change(signContext(key, context, members), members) });
  };

const text = (lines) => lines.map((line) => `${canonicalize(line)}\n`).join('');
const headOf = ({ trail, seq, hash }) => ({ trail, seq, hash });
const ok = (id, title, rule, files, told, expectedHead) =>
  suite.accept(id, title, rule, inputOf(files, expectedHead), {
    trail: TRAIL,
    firstSeq: 1,
    startsMidway: false,
    interruptions: 0,
    cutBytes: 0,
    lostEvents: 0,
    unsignedEntries: 0,
    ...told,
  });
const no = (id, title, rule, files, code, place, expectedHead) =>
  suite.reject(id, title, rule, inputOf(files, expectedHead), code, place === undefined ? {} : { place });
const inputOf = (files, expectedHead) => ({
  files: files.map((file) => (typeof file === 'string' ? file : text(file))),
  keys: ['author'],
  ...(expectedHead === undefined ? {} : { expectedHead }),
});
const line = (number, file = 0) => ({ file, line: number });

// open, two entries, interval, entry, close
const STEPS = [checkpoint('open'), number(1), number(2), checkpoint('interval'), number(3), checkpoint('close')];
const WHOLE = chain(STEPS);
const told = { entries: 3, checkpoints: 3, lastSeq: 6, signedThrough: 6, closed: true };
const replaced = (index, step) => chain(STEPS.with(index, step));
const put = (index, value) => WHOLE.with(index, value);
/** Hashes and links made anew by somebody without the key. */
const relinked = (lines) =>
  lines.reduce((done, current) => {
    const last = done.at(-1);
    const moved = last === undefined ? current : { ...current, seq: last.seq + 1, prev: last.hash };
    return [...done, hashed(withoutHash(moved))];
  }, []);
const SECOND = chain([checkpoint('rotate'), number(3), checkpoint('close')], { seq: 5, prev: WHOLE[3].hash });
const FIRST = WHOLE.slice(0, 4);

ok('whole', 'a trail from open to close', 'A trail is a chain from open to close.', [WHOLE], told);
ok('head', 'with its own end as the head', 'The last line can be the expected head.', [WHOLE], told, headOf(WHOLE[5]));
ok('older-head', 'with an older head', 'A trail goes on behind an expected head.', [WHOLE], told, headOf(WHOLE[3]));
ok(
  'unsigned-tail',
  'a trail that is being written',
  'Entries behind the last checkpoint are told, not refused.',
  [WHOLE.slice(0, 5)],
  {
    entries: 3,
    checkpoints: 2,
    lastSeq: 5,
    signedThrough: 4,
    unsignedEntries: 1,
    closed: false,
  },
);
ok('two-files', 'in two files', 'The chain goes on over files.', [FIRST, SECOND], {
  ...told,
  checkpoints: 4,
  lastSeq: 7,
  signedThrough: 7,
});
ok('midway', 'the second file alone', 'Files at the beginning may be gone, which is told.', [SECOND], {
  entries: 1,
  checkpoints: 2,
  firstSeq: 5,
  lastSeq: 7,
  signedThrough: 7,
  closed: true,
  startsMidway: true,
});
ok(
  'interrupted',
  'a writer that was interrupted in a line',
  'What was cut off is told.',
  [chain([...STEPS.slice(0, 3), checkpoint('open', { cut: 17 }), checkpoint('close')])],
  {
    entries: 2,
    checkpoints: 3,
    lastSeq: 5,
    signedThrough: 5,
    closed: true,
    interruptions: 1,
    cutBytes: 17,
  },
);
ok(
  'reopened',
  'two writers, one after the other',
  'An open behind a close is no interruption.',
  [chain([...STEPS, checkpoint('open'), checkpoint('close')])],
  {
    entries: 3,
    checkpoints: 5,
    lastSeq: 8,
    signedThrough: 8,
    closed: true,
  },
);
ok(
  'lost-events',
  'with events that were lost',
  'What the log has lost is summed up.',
  [
    chain([
      checkpoint('open'),
      entry({ time: at(0), event: 'audit.lost', decision: 'noticed', count: 5, from: at(-2), to: at(-1) }),
      checkpoint('close'),
    ]),
  ],
  { entries: 1, checkpoints: 2, lastSeq: 3, signedThrough: 3, closed: true, lostEvents: 5 },
);
ok(
  'foreign-record',
  'a record with members of its own',
  'A record is any object.',
  [replaced(1, entry({ note: { by: 'somebody' } }))],
  told,
);

no('empty', 'no line', 'A trail has a line.', [''], 'trail_empty');
no(
  'no-line-feed',
  'the last line feed is missing',
  'Every line ends in a line feed.',
  [text(WHOLE).slice(0, -1)],
  'truncated',
  line(6),
);
no('torn', 'half a line at the end', 'Half a line is no line.', [text(WHOLE).slice(0, -50)], 'truncated', line(6));
no(
  'carriage-return',
  'lines that end in two characters',
  'A line feed stands alone.',
  [text(WHOLE).replaceAll('\n', '\r\n')],
  'line_malformed',
  line(1),
);
no(
  'blank-line',
  'a blank line',
  'An empty line is no line.',
  [text(WHOLE).replace('\n', '\n\n')],
  'line_malformed',
  line(2),
);
no(
  'white-space',
  'white space in a line',
  'A line is canonical.',
  [text(WHOLE).replace('{"hash"', '{ "hash"')],
  'line_malformed',
  line(2),
);
no(
  'extra-member',
  'one member more',
  'Members of a line are exact.',
  [put(1, hashed({ ...withoutHash(WHOLE[1]), note: 1 }))],
  'line_malformed',
  line(2),
);
no(
  'both',
  'an entry that is a checkpoint too',
  'A line is one or the other.',
  [put(3, hashed({ ...withoutHash(WHOLE[3]), record: {} }))],
  'line_malformed',
  line(4),
);
no(
  'record-text',
  'a record that is a text',
  'A record is an object.',
  [replaced(1, entry('x'))],
  'line_malformed',
  line(2),
);
no('seq-zero', 'numbers from 0', 'Lines count from 1.', [chain(STEPS, { seq: 0 })], 'line_malformed', line(1));
no(
  'kind',
  'a checkpoint of another kind',
  'There are four kinds.',
  [replaced(3, checkpoint('other'))],
  'line_malformed',
  line(4),
);
no(
  'cut-zero',
  'a cut of nothing',
  'A cut is at least one byte.',
  [replaced(0, checkpoint('open', { cut: 0 }))],
  'line_malformed',
  line(1),
);
no(
  'cut-interval',
  'a cut in an interval',
  'Only an open has a cut.',
  [replaced(3, checkpoint('interval', { cut: 1 }))],
  'line_malformed',
  line(4),
);
no(
  'too-long',
  'a line of 65,537 bytes',
  'Lines are bounded.',
  [`${text(WHOLE)}${'x'.repeat(65_537)}\n`],
  'line_too_long',
  line(7),
);
no(
  'changed',
  'an entry that was changed',
  'The hash is that of the members.',
  [put(1, { ...WHOLE[1], record: { ...RECORD, id: 9 } })],
  'hash_mismatch',
  line(2),
);
no(
  'hash-context',
  'a hash without its context',
  'Hashes have a context.',
  [put(1, { ...withoutHash(WHOLE[1]), hash: sha256Hex(Buffer.from(canonicalize(withoutHash(WHOLE[1])))) })],
  'hash_mismatch',
  line(2),
);
no(
  'rehashed',
  'an entry that was changed, and its hash',
  'Each line names the one before.',
  [put(1, hashed({ ...withoutHash(WHOLE[1]), record: { ...RECORD, id: 9 } }))],
  'chain_broken',
  line(3),
);
no(
  'first-prev',
  'a first line that names another',
  'Nothing is before the first line.',
  [chain(STEPS, { prev: 'ab'.repeat(32) })],
  'chain_broken',
  line(1),
);
no(
  'rechained',
  'an entry that was changed, and every hash after it',
  'A checkpoint signs all before it.',
  [relinked(put(1, { ...WHOLE[1], record: { ...RECORD, id: 9 } }))],
  'checkpoint_signature_invalid',
  line(4),
);
no(
  'other-trail',
  'a line of another trail',
  'A line belongs to its trail.',
  [put(4, hashed({ ...withoutHash(WHOLE[4]), trail: '7b'.repeat(16) }))],
  'trail_changed',
  line(5),
);
no('deleted', 'an entry that is missing', 'Numbers have no gaps.', [WHOLE.toSpliced(1, 1)], 'sequence_gap', line(2));
no(
  'deleted-file',
  'a file that is missing',
  'No file between others is missing.',
  [FIRST.slice(0, 1), SECOND],
  'sequence_gap',
  line(1, 1),
);
no(
  'repeated',
  'an entry twice',
  'Numbers do not come again.',
  [WHOLE.toSpliced(2, 0, WHOLE[1])],
  'sequence_repeated',
  line(3),
);
no(
  'replayed',
  'an older checkpoint behind the end',
  'A checkpoint has one place.',
  [[...WHOLE, WHOLE[3]]],
  'sequence_repeated',
  line(7),
);
no(
  'swapped-files',
  'files in the wrong order',
  'Files come in their order.',
  [SECOND, FIRST],
  'sequence_repeated',
  line(1, 1),
);
no(
  'no-open',
  'a trail that begins with an interval',
  'A trail begins with open.',
  [replaced(0, checkpoint('interval'))],
  'checkpoint_missing',
  line(1),
);
no(
  'file-without-checkpoint',
  'a file that begins with an entry',
  'A file begins with a checkpoint.',
  [FIRST, [WHOLE[4], WHOLE[5]]],
  'checkpoint_missing',
  line(1, 1),
);
no(
  'after-close',
  'an entry behind the end',
  'Behind a close comes an open.',
  [chain([...STEPS, number(4)])],
  'checkpoint_missing',
  line(7),
);
no(
  'stranger',
  'signed by another key',
  'Only the given keys count.',
  [chain(STEPS.with(3, checkpoint('interval', { key: 'stranger' })))],
  'checkpoint_key_unknown',
  line(4),
);
no(
  'in-its-name',
  'signed by another key in the name of the right one',
  'The named key has signed.',
  [replaced(3, checkpoint('interval', { key: 'stranger', named: 'author' }))],
  'checkpoint_signature_invalid',
  line(4),
);
const turned = (_, members) => base64(highS(signBytes(KEYS.author, contextBytes('audit-checkpoint', members))));
no(
  'high-s',
  'the other form of a signature',
  'High s is refused.',
  [replaced(5, checkpoint('close', { change: turned }))],
  'checkpoint_signature_invalid',
  line(6),
);
// The row of the type matrix: a signature over the same members under every other context.
const CONTEXTS = [
  'tool',
  'toolset',
  'model',
  'transcript-binding',
  'session-header',
  'status',
  'status-list',
  'staple',
  'tree-head',
  'evidence',
  'rotation',
  'proof-of-possession',
  'event',
  'status-list-delta',
  'status-bitmap',
  'key-set',
  'bundle',
  'audit-entry',
];
for (const context of CONTEXTS)
  no(
    `context-${context}`,
    `signed as ${context}`,
    `A ${context} never passes for a checkpoint.`,
    [replaced(3, checkpoint('interval', { context }))],
    'checkpoint_signature_invalid',
    line(4),
  );
const bare = (_, members) => sign('author', Buffer.from(canonicalize(members)));
no(
  'no-context',
  'signed without a context',
  'Checkpoints have a context.',
  [replaced(3, checkpoint('interval', { change: bare }))],
  'checkpoint_signature_invalid',
  line(4),
);
no(
  'cut-before-head',
  'cut at a checkpoint',
  'Nothing is missing before the head.',
  [WHOLE.slice(0, 4)],
  'truncated',
  undefined,
  headOf(WHOLE[5]),
);
no('empty-with-head', 'emptied', 'An expected head is somewhere.', [''], 'truncated', undefined, headOf(WHOLE[0]));
no('head-elsewhere', 'the head of another trail', 'The head belongs to the trail.', [WHOLE], 'trail_changed', line(1), {
  ...headOf(WHOLE[5]),
  trail: '7b'.repeat(16),
});
no(
  'regrown',
  'cut before the head, and made longer without the key',
  'The line at the head is the one that was told.',
  [chain([...STEPS.slice(0, 3), number(7), number(8)])],
  'head_mismatch',
  line(4),
  headOf(WHOLE[3]),
);
no(
  'head-before',
  'files that begin behind the head',
  'Whether they go on from the head cannot be told.',
  [SECOND],
  'head_before_start',
  undefined,
  headOf(WHOLE[3]),
);
