import { Log } from '../merkle.mjs';
import { Suite } from '../suite.mjs';
import {
  ANCHORS,
  AUTHORITY,
  EMPTY_ROOT,
  KEYS,
  NOW,
  NOW_TEXT,
  canonicalize,
  id,
  sha256Hex,
  statement,
  utf8,
} from '../world.mjs';

const suite = new Suite({
  slug: 'proofs',
  layer: 'protocol',
  description:
    'Proofs about a log. With `form` `inclusion`, `proof` is verified against the signed tree head `head`; with `consistency` it is to join the states `from` and `to`.',
  input: {
    required: ['form', 'proof'],
    properties: {
      form: { enum: ['inclusion', 'consistency'] },
      proof: {},
      head: { type: 'object' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
      from: { type: 'object' },
      to: { type: 'object' },
    },
    additionalProperties: false,
  },
});
export default suite;

const digest = 'cd'.repeat(32);
const passportOf = (digit) => ({ passport_id: id(digit), passport_digest: digest });
const ENTRIES = [
  { type: 'key', at: NOW_TEXT, purpose: 'status', key: KEYS.status.thumbprint },
  { type: 'issued', at: NOW_TEXT, ...passportOf('a') },
  { type: 'renewed', at: NOW_TEXT, ...passportOf('b'), supersedes: id('a') },
  { type: 'rotated', at: NOW_TEXT, ...passportOf('c'), supersedes: id('b') },
  { type: 'revoked', at: NOW_TEXT, ...passportOf('a'), reason: 'superseded', epoch: 1 },
  { type: 'scan', at: NOW_TEXT, ...passportOf('c'), result: 'fail', report_digest: digest },
  { type: 'audit', at: NOW_TEXT, ...passportOf('c'), result: 'pass', report_digest: digest },
  {
    type: 'era',
    at: NOW_TEXT,
    era: 2,
    epoch: 1,
    previous: { era: 1, epoch: 1, tree_size: 9, root_hash: 'ab'.repeat(32) },
  },
];
const log = new Log(ENTRIES.map((entry) => canonicalize(entry)));
const headOf = (state) =>
  statement('tree-head', { authority: AUTHORITY, era: 2, epoch: 1, ...state, timestamp: NOW_TEXT }, 'status');
const head = headOf(log.at(8));
const inclusion = (proof, against = head) => ({ form: 'inclusion', proof, head: against, anchors: ANCHORS, now: NOW });

ENTRIES.forEach((entry, index) => {
  suite.accept(
    `inclusion-${entry.type}`,
    `an entry of type ${entry.type}, at ${index} of 8`,
    `The members of an entry of type ${entry.type}.`,
    inclusion(log.inclusion(index, 8)),
    { type: entry.type, leafIndex: index },
  );
});
suite.accept(
  'inclusion-single',
  'the only entry',
  'The path in a log of one entry is empty.',
  inclusion(log.inclusion(0, 1), headOf(log.at(1))),
  { type: 'key', leafIndex: 0 },
);
suite.accept(
  'inclusion-lonely',
  'the last entry of an odd number',
  'A subtree without a sibling is passed over.',
  inclusion(log.inclusion(4, 5), headOf(log.at(5))),
  { type: 'revoked', leafIndex: 4 },
);

const noInclusion = (name, title, rule, proof, against) =>
  suite.reject(`inclusion-${name}`, title, rule, inclusion(proof, against), 'log_proof_invalid');
const good = log.inclusion(4, 8);
/** A log in which an entry stands as it was written, whatever it is. */
function logged(leaf) {
  const other = new Log([leaf, ...log.texts.slice(1)]);
  return [other.inclusion(0, 8), headOf(other.at(8))];
}
const entry = (overrides) => {
  const changed = { ...ENTRIES[1], ...overrides };
  for (const [name, value] of Object.entries(changed)) if (value === undefined) delete changed[name];
  return logged(canonicalize(changed));
};

noInclusion('other-entry', 'another entry', 'The path leads from the entry itself.', { ...good, leaf: log.texts[5] });
noInclusion('other-index', 'another index', 'An entry stands in one place.', { ...good, leaf_index: 5 });
noInclusion('beyond', 'an index beyond the size', 'An entry stands within the log.', { ...good, leaf_index: 12 });
noInclusion(
  'other-size',
  'a proof of another size than the head',
  'Head and proof are of one size.',
  log.inclusion(4, 7),
);
noInclusion('sibling', 'with its sibling changed', 'Every hash of the path counts.', {
  ...good,
  path: [digest, ...good.path.slice(1)],
});
noInclusion('top', 'with the last hash changed', 'The path leads up to the root.', {
  ...good,
  path: [...good.path.slice(0, -1), digest],
});
noInclusion('short', 'without its last hash', 'The path is not too short.', { ...good, path: good.path.slice(0, -1) });
noInclusion('long', 'with one hash more', 'The path is not too long.', { ...good, path: [...good.path, digest] });
noInclusion('order', 'with its hashes the other way round', 'The path has one order.', {
  ...good,
  path: [...good.path].reverse(),
});
noInclusion(
  'node',
  'an inner node as a leaf',
  'Leaves and nodes are hashed with different first bytes.',
  (() => {
    const two = new Log(log.texts.slice(0, 2));
    return { leaf: two.leaves.map((hash) => hash.toString('latin1')).join(''), leaf_index: 0, tree_size: 1, path: [] };
  })(),
  headOf({ ...log.at(2), tree_size: 1 }),
);
noInclusion(
  'spelling',
  'an entry in another spelling',
  'An entry is logged in its RFC 8785 form.',
  ...logged(JSON.stringify(ENTRIES[1])),
);
noInclusion(
  'unknown-type',
  'an entry of an unknown type',
  'The types are a closed list.',
  ...entry({ type: 'granted' }),
);
noInclusion('extra', 'an entry with one more member', 'The members of an entry are exact.', ...entry({ note: 'x' }));
noInclusion(
  'missing',
  'an entry without its digest',
  'An entry names one document.',
  ...entry({ passport_digest: undefined }),
);
noInclusion('no-json', 'an entry that is no JSON', 'Entries are JSON.', ...logged('issued'));
noInclusion('proof-extra', 'a proof with one more member', 'The members of a proof are exact.', { ...good, note: 'x' });
noInclusion('proof-upper-case', 'a hash in upper case', 'A hash has one spelling.', {
  ...good,
  path: [good.path[0].toUpperCase(), ...good.path.slice(1)],
});
noInclusion('negative', 'a negative index', 'Indices count from 0.', { ...good, leaf_index: -1 });
noInclusion('path-text', 'a path that is a text', 'A path is a list.', { ...good, path: good.path.join('') });

const between = (from, to, more = {}) => ({
  form: 'consistency',
  from: log.at(from),
  to: log.at(to),
  proof: log.consistency(from, to),
  ...more,
});
for (const [from, to, why] of [
  [3, 7, 'Neither size is a power of two.'],
  [4, 7, 'Where the first size is a power of two, its own root is left out of the path.'],
  [6, 8, 'The second size may be a power of two.'],
  [7, 8, 'One entry has been added.'],
  [1, 8, 'A log begins with one entry.'],
  [5, 5, 'Between equal sizes there is nothing to prove.'],
  [0, 6, 'Every log begins empty.'],
])
  suite.accept(`consistency-${from}-${to}`, `from ${from} to ${to}`, why, between(from, to));

const noConsistency = (name, title, rule, input) =>
  suite.reject(`consistency-${name}`, title, rule, input, 'log_proof_invalid');
const fork = new Log([...log.texts.slice(0, 2), log.texts[5], ...log.texts.slice(3)]);
const proof37 = log.consistency(3, 7);
noConsistency(
  'fork',
  'a log with another past',
  'An entry that was logged stays as it was.',
  between(3, 7, { to: fork.at(7), proof: fork.consistency(3, 7) }),
);
noConsistency(
  'rewritten',
  'a first state that never was',
  'Both roots are proved.',
  between(3, 7, { from: fork.at(3) }),
);
noConsistency(
  'other-end',
  'a second state that is not led to',
  'The path leads to the later root.',
  between(3, 7, { to: { ...log.at(7), root_hash: digest } }),
);
noConsistency('shrunk', 'a log that has shrunk', 'A log only grows.', {
  form: 'consistency',
  from: log.at(7),
  to: log.at(3),
  proof: { ...proof37, from_size: 7, to_size: 3 },
});
noConsistency(
  'same-size',
  'equal sizes and different roots',
  'One size has one root.',
  between(5, 5, { to: fork.at(5) }),
);
noConsistency(
  'same-size-path',
  'equal sizes and a path',
  'Between equal sizes the path is empty.',
  between(5, 5, { proof: { from_size: 5, to_size: 5, path: [digest] } }),
);
noConsistency(
  'empty-path',
  'different sizes and no path',
  'What was added is proved.',
  between(3, 7, { proof: { ...proof37, path: [] } }),
);
noConsistency(
  'power-path',
  'from a power of two, no path',
  'The root of the first log alone proves nothing.',
  between(4, 7, { proof: { from_size: 4, to_size: 7, path: [] } }),
);
noConsistency(
  'short',
  'without its last hash',
  'The path of a consistency proof is not too short.',
  between(3, 7, { proof: { ...proof37, path: proof37.path.slice(0, -1) } }),
);
noConsistency(
  'long',
  'with one hash more',
  'The path of a consistency proof is not too long.',
  between(3, 7, { proof: { ...proof37, path: [...proof37.path, digest] } }),
);
noConsistency(
  'changed',
  'with a hash changed',
  'Every hash of a consistency proof counts.',
  between(3, 7, { proof: { ...proof37, path: [proof37.path[0], digest, ...proof37.path.slice(2)] } }),
);
noConsistency(
  'other-from',
  'of another first size',
  'The proof is between the two sizes.',
  between(3, 7, { proof: log.consistency(2, 7) }),
);
noConsistency(
  'other-to',
  'of another second size',
  'The proof ends at the later size.',
  between(3, 7, { proof: log.consistency(3, 8) }),
);
noConsistency(
  'from-nothing',
  'an empty log with a root of its own',
  'An empty log has one root.',
  between(0, 6, { from: { tree_size: 0, root_hash: digest } }),
);
noConsistency(
  'from-nothing-path',
  'from an empty log, a path',
  'From nothing on there is nothing to prove.',
  between(0, 6, {
    from: { tree_size: 0, root_hash: EMPTY_ROOT },
    proof: { from_size: 0, to_size: 6, path: [sha256Hex(utf8('x'))] },
  }),
);
noConsistency(
  'extra',
  'one more member',
  'Members of a consistency proof are exact.',
  between(3, 7, { proof: { ...proof37, signature: 'x' } }),
);
