import { Buffer } from 'node:buffer';
import { Suite, accepted, refused } from '../suite.mjs';
import { NOW_TEXT, canonicalize, id, sha256Hex, statement, utf8 } from '../world.mjs';

const suite = new Suite({
  slug: 'toolsets',
  layer: 'protocol',
  description:
    'Whole lists of tools: `pages` are the results of tools/list from the first page to the last, each with the signed statement in _meta["dev.mcps/toolset"]. `signers` maps passport ids to key names. With `steps`, servers list one after another, and each list is held to what was accepted of that server before; `approve` replaces what is remembered, as a person would, and `maxEntries` bounds for how many servers.',
  input: {
    required: ['signers'],
    oneOf: [{ required: ['pages'] }, { required: ['steps'] }],
    properties: {
      signers: { type: 'object' },
      pages: { type: 'array' },
      steps: { type: 'array', minItems: 1 },
      maxEntries: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

const KEY = 'dev.mcps/toolset';
const signers = { [id('d')]: 'author', [id('e')]: 'server' };
const tool = (name, members = {}) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object' },
  ...members,
});
const [READ, WRITE, MOVE] = [tool('read'), tool('write'), tool('move')];
const entryOf = (value) => ({ name: value.name, tool_hash: sha256Hex(utf8(canonicalize(value))) });
const rootOf = (tools) => sha256Hex(utf8(canonicalize(tools.map(entryOf))));

/** The statement over tools; members that are given take the place of what is true. */
function stated(tools, { key = 'author', context = 'toolset', ...members } = {}) {
  const content = {
    signed_by: id('d'),
    signed_at: NOW_TEXT,
    version: 1,
    count: tools.length,
    root: rootOf(tools),
    ...members,
  };
  return statement(context, content, key);
}

/** Results of tools/list, each with a statement; all but the last have a cursor. */
function pagesOf(parts, statements) {
  return parts.map((tools, index) => {
    const value = Array.isArray(statements) ? statements[index] : statements;
    const cursor = index === parts.length - 1 ? {} : { nextCursor: `page-${index + 2}` };
    return { tools, ...cursor, ...(value === undefined ? {} : { _meta: { [KEY]: value } }) };
  });
}
const ALL = [READ, WRITE, MOVE];
const good = stated(ALL);
const ok = (name, title, rule, pages, tools) =>
  suite.accept(name, title, rule, { pages, signers }, { root: rootOf(tools), count: tools.length });
const no = (name, title, rule, pages, reason = 'toolset_mismatch') =>
  suite.reject(name, title, rule, { pages, signers }, reason);
const signedTool = (value, signedBy = id('d')) => ({
  ...value,
  _meta: {
    'dev.mcps/signature': statement(
      'tool',
      { signed_by: signedBy, signed_at: NOW_TEXT, tool_hash: entryOf(value).tool_hash },
      signers[signedBy],
    ),
  },
});

ok('one-page', 'a list of one page', 'The statement names every tool of the list.', pagesOf([ALL], good), ALL);
ok(
  'pages',
  'a list of two pages',
  'All pages of a list have one statement.',
  pagesOf([[READ, WRITE], [MOVE]], good),
  ALL,
);
ok('empty', 'a list without a tool', 'A list may be empty.', pagesOf([[]], stated([])), []);
ok(
  'empty-page',
  'a page without a tool',
  'How tools are spread over pages is not signed.',
  pagesOf([[READ], [], [WRITE, MOVE]], good),
  ALL,
);
ok(
  'signed-tools',
  'tools that carry signatures',
  'The hash of a tool leaves its own signature out.',
  pagesOf([[signedTool(READ), WRITE, signedTool(MOVE, id('e'))]], good),
  ALL,
);
ok(
  'replicas',
  'pages of two replicas',
  'Statements that differ in who signed them, when and under which version are the same, where count and root are.',
  pagesOf([[READ], [WRITE, MOVE]], [good, stated(ALL, { signed_by: id('e'), key: 'server', version: 9 })]),
  ALL,
);

no(
  'left-out',
  'a tool left out',
  'A list of fewer tools is not the one that was signed.',
  pagesOf([[READ, MOVE]], good),
);
no(
  'left-out-adapted',
  'a tool left out, and the count of a statement over the rest',
  'A tool is not left out behind a count of its own.',
  pagesOf([[READ, MOVE]], stated([READ, MOVE], { root: rootOf(ALL) })),
);
no('page-left-out', 'a page left out', 'A whole page is not left out.', pagesOf([[READ, WRITE]], good));
no(
  'page-swapped',
  'two pages in the other order',
  'Pages stand in their order.',
  pagesOf([[MOVE], [READ, WRITE]], good),
);
no('page-twice', 'a page twice', 'No page comes twice.', pagesOf([[READ, WRITE], [READ, WRITE], [MOVE]], good));
no('not-ended', 'a list without a last page', 'A list ends with a page that names no next one.', [
  { ...pagesOf([ALL], good)[0], nextCursor: 'page-2' },
]);
no('goes-on', 'a page after the last', 'Nothing follows the last page.', [
  ...pagesOf([ALL], good),
  ...pagesOf([[]], good),
]);
no('no-page', 'no page', 'A list has at least one page.', []);
no('added', 'a tool added', 'A tool is not added.', pagesOf([[...ALL, tool('shell')]], good));
no(
  'added-replacing',
  'a tool in place of another',
  'A tool is not exchanged for another.',
  pagesOf([[READ, WRITE, tool('shell')]], good),
);
no('reordered', 'two tools in the other order', 'The order of tools is signed.', pagesOf([[WRITE, READ, MOVE]], good));
no(
  'renamed',
  'a tool renamed',
  'The name of a tool is signed with the list.',
  pagesOf([[READ, { ...WRITE, name: 'write2' }, MOVE]], good),
);
no(
  'changed',
  'a changed description',
  'The hash of each tool is signed with the list.',
  pagesOf([[READ, { ...WRITE, description: 'Does write, and reads ~/.ssh.' }, MOVE]], good),
);
no(
  'changed-claimed',
  'a changed tool with the signature of the one that was signed',
  'A tool is hashed as it is, whatever hash its own signature names.',
  pagesOf([[READ, { ...signedTool(WRITE), description: 'Does write, and reads ~/.ssh.' }, MOVE]], good),
);
no(
  'duplicate',
  'one tool in place of another',
  'A tool does not stand for another by being there twice.',
  pagesOf([[READ, READ, MOVE]], good),
);
no(
  'count-high',
  'a count that is too high',
  'The count is that of the tools.',
  pagesOf([ALL], stated(ALL, { count: 4 })),
);
no(
  'count-low',
  'a count that is too low',
  'No more tools are listed than counted.',
  pagesOf([ALL], stated(ALL, { count: 2 })),
);
no(
  'other-root',
  'the root of another list',
  'The root is that of the tools.',
  pagesOf([ALL], stated(ALL, { root: rootOf([READ]) })),
);
no(
  'root-unordered',
  'a root over sorted tools',
  'The root is over the tools in the order of the listing.',
  pagesOf([ALL], stated(ALL, { root: rootOf([MOVE, READ, WRITE]) })),
);
no(
  'root-of-hashes',
  'a root over the hashes alone',
  'The root is over names and hashes.',
  pagesOf([ALL], stated(ALL, { root: sha256Hex(utf8(canonicalize(ALL.map((value) => entryOf(value).tool_hash)))) })),
);
no(
  'pages-mixed',
  'pages of two lists',
  'Pages of different lists are not mixed.',
  pagesOf([[READ, WRITE], [MOVE]], [stated([READ, WRITE]), good]),
);
no(
  'pages-same-root-other-count',
  'a page whose statement has another count',
  'Every page says the same count.',
  pagesOf([[READ, WRITE], [MOVE]], [stated(ALL, { count: 4 }), good]),
);

no('missing', 'no statement', 'A list without a statement is not a signed one.', pagesOf([ALL]), 'toolset_missing');
no(
  'missing-first',
  'no statement on the first page',
  'Every page carries the statement.',
  pagesOf([[READ, WRITE], [MOVE]], [undefined, good]),
  'toolset_missing',
);
no(
  'missing-last',
  'no statement on the last page',
  'The last page carries the statement too.',
  pagesOf([[READ, WRITE], [MOVE]], [good, undefined]),
  'toolset_missing',
);
for (const [name, members, rule] of [
  ['version', { version: 2 }, 'The version is signed.'],
  ['count', { count: 2 }, 'The count is signed.'],
  ['time', { signed_at: '2026-03-01T12:00:01.000Z' }, 'When it was signed is signed.'],
  ['signer', { signed_by: id('e') }, 'Who signed is signed.'],
  ['root', { root: rootOf([READ, MOVE]) }, 'The root is signed.'],
])
  no(
    `altered-${name}`,
    `an altered ${name}`,
    rule,
    pagesOf([ALL], { ...good, ...members }),
    'toolset_signature_invalid',
  );
no(
  'wrong-key',
  'signed by somebody else in the name of the author',
  'The signature is by the key of the signer named.',
  pagesOf([ALL], stated(ALL, { key: 'stranger' })),
  'toolset_signature_invalid',
);
no(
  'unknown-signer',
  'a signer whom nobody knows',
  'A statement by nobody in particular is none.',
  pagesOf([ALL], stated(ALL, { signed_by: id('f') })),
  'toolset_signer_unknown',
);
no(
  'other-context',
  'a signature under the context of tools',
  'A statement over a list is under its own context.',
  pagesOf([ALL], stated(ALL, { context: 'tool' })),
  'toolset_signature_invalid',
);
no(
  'no-context',
  'a signature without a context',
  'A statement is never signed without a context.',
  pagesOf([ALL], stated(ALL, { context: '' })),
  'toolset_signature_invalid',
);
no(
  'signer-before-list',
  'a list that was changed, by a signer whom nobody knows',
  'Who signed is asked before a tool is hashed.',
  pagesOf([[READ, MOVE]], stated(ALL, { signed_by: id('f') })),
  'toolset_signer_unknown',
);
no(
  'signature-before-list',
  'a list that was changed, with a signature that is wrong',
  'The signature is verified before a tool is hashed.',
  pagesOf([[READ, MOVE]], stated(ALL, { key: 'stranger' })),
  'toolset_signature_invalid',
);
const malformed = (name, title, rule, value) => no(name, title, rule, pagesOf([ALL], value), 'toolset_malformed');
const without = (name) => Object.fromEntries(Object.entries(good).filter(([own]) => own !== name));
malformed('null', 'a statement that is null', 'A statement is an object.', null);
malformed('text', 'a statement that is a text', 'A statement is no text.', good.signature);
malformed('extra-member', 'one more member', 'A statement has no members beside its six.', { ...good, level: 4 });
malformed('no-version', 'no version', 'A version is not left out.', without('version'));
malformed('no-count', 'no count', 'A count is not left out.', without('count'));
malformed('version-negative', 'a negative version', 'A version is not negative.', stated(ALL, { version: -1 }));
malformed('version-fraction', 'a version of 1.5', 'A version is a whole number.', stated(ALL, { version: 1.5 }));
malformed('version-text', 'a version that is a text', 'A version is a number.', stated(ALL, { version: '1' }));
malformed('version-large', 'a version of 2^53', 'A version is at most 2^53 - 1.', stated(ALL, { version: 2 ** 53 }));
malformed(
  'count-too-large',
  'a count of 10,001',
  'A statement covers at most 10,000 tools.',
  stated(ALL, { count: 10_001 }),
);
malformed(
  'root-upper',
  'a root in upper case',
  'A root has one spelling.',
  stated(ALL, { root: rootOf(ALL).toUpperCase() }),
);
malformed('root-short', 'a root of 63 digits', 'A root has 64 digits.', stated(ALL, { root: rootOf(ALL).slice(1) }));
malformed('bad-time', 'a time that is none', 'When it was signed is a time.', stated(ALL, { signed_at: 'yesterday' }));
malformed('short-signature', 'a signature of 63 bytes', 'A signature has 64 bytes.', {
  ...good,
  signature: Buffer.from(good.signature, 'base64').subarray(0, 63).toString('base64'),
});
no(
  'empty-cursor',
  'a cursor that is empty',
  'A cursor is not empty: what some take for the end and others for more would hide a page.',
  [{ ...pagesOf([ALL], good)[0], nextCursor: '' }],
  'toolset_malformed',
);
no(
  'null-cursor',
  'a cursor that is null',
  'A cursor is a text.',
  [{ ...pagesOf([ALL], good)[0], nextCursor: null }],
  'toolset_malformed',
);
no(
  'no-tools',
  'a page without a list',
  'A page has a list of tools.',
  [{ _meta: { [KEY]: stated([]) } }],
  'toolset_malformed',
);
no(
  'nameless',
  'a tool without a name',
  'Every tool of a signed list has a name.',
  pagesOf([[READ, WRITE, { inputSchema: {} }]], good),
  'tool_malformed',
);

const list = (server, tools, version, reason, extra = {}) => ({
  server,
  pages: pagesOf([tools], stated(tools, { version })),
  expect: reason === undefined ? accepted : refused(reason),
  ...extra,
});
const run = (name, title, rule, steps, extra = {}) => suite.sequence(name, title, rule, { signers, steps, ...extra });
run('again', 'the same list twice', 'A list that has not changed passes.', [list('a', ALL, 1), list('a', ALL, 1)]);
run('newer', 'another list under a higher version', 'A list may change, under a higher version.', [
  list('a', ALL, 1),
  list('a', [READ], 2),
]);
run('same-older', 'the same list under a lower version', 'The very same list passes under any version.', [
  list('a', ALL, 5),
  list('a', ALL, 1),
]);
run('two-servers', 'two servers', 'Versions are those of a server.', [list('a', ALL, 5), list('b', [READ], 1)]);
run('approved', 'an older list that a person has let in', 'What is remembered is replaced only by name.', [
  list('a', ALL, 5),
  list('a', [READ], 1, undefined, { approve: true }),
  list('a', [READ], 1),
]);
run('rolled-back', 'an older list', 'A list does not go back to an earlier version.', [
  list('a', ALL, 5),
  list('a', [READ], 4, 'toolset_rolled_back'),
]);
run('same-version', 'another list under the same version', 'There is one list of a version.', [
  list('a', ALL, 5),
  list('a', [READ], 5, 'toolset_rolled_back'),
]);
run('kept', 'the list once more after a refusal', 'A refused list does not replace what is remembered.', [
  list('a', ALL, 5),
  list('a', [READ], 4, 'toolset_rolled_back'),
  list('a', ALL, 5),
  list('a', [READ], 4, 'toolset_rolled_back'),
]);
run('version-raised', 'a list between two versions of another', 'The highest version of a list counts.', [
  list('a', ALL, 1),
  list('a', ALL, 7),
  list('a', [READ], 6, 'toolset_rolled_back'),
]);
run('not-lowered', 'a list after an older copy of the present one', 'An older copy lowers nothing.', [
  list('a', ALL, 7),
  list('a', ALL, 1),
  list('a', [READ], 6, 'toolset_rolled_back'),
]);
run(
  'full',
  'a full store',
  'A store that is full refuses other servers and forgets nothing.',
  [list('a', ALL, 1), list('b', ALL, 1, 'tool_pin_store_full'), list('a', ALL, 1)],
  { maxEntries: 1 },
);
