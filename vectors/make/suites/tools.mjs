import { Buffer } from 'node:buffer';
import { Suite } from '../suite.mjs';
import { NOW_TEXT, canonicalize, id, sha256Hex, sign, signContext, utf8 } from '../world.mjs';

const suite = new Suite({
  slug: 'tools',
  layer: 'protocol',
  description:
    'Tools with a signature over all of them (`form` whole, in _meta["dev.mcps/signature"]) or over three members (`form` definition, the published one). `signers` maps passport ids to key names; `key` names the key of the published form.',
  input: {
    required: ['form', 'tool'],
    properties: {
      form: { enum: ['whole', 'definition'] },
      tool: {},
      signers: { type: 'object' },
      key: { type: 'string' },
      signature: { type: 'string' },
      authorOrigin: { type: 'string' },
    },
    additionalProperties: false,
  },
});
export default suite;

const KEY = 'dev.mcps/signature';
const signers = { [id('d')]: 'author' };
const tool = {
  name: 'transfer',
  title: 'Transfer',
  description: 'Transfers money.',
  inputSchema: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
  outputSchema: { type: 'object' },
  annotations: { destructiveHint: true },
  icons: [{ src: 'https://tools.example/icon.png' }],
};
function signed(definition, options = {}) {
  const { key = 'author', signedBy = id('d'), context = 'tool', members = {} } = options;
  const meta = definition._meta ?? {};
  const statement = {
    signed_by: signedBy,
    signed_at: NOW_TEXT,
    tool_hash: sha256Hex(utf8(canonicalize(definition))),
    ...members,
  };
  return {
    ...definition,
    _meta: { ...meta, [KEY]: { ...statement, signature: signContext(key, context, statement) } },
  };
}
const good = signed(tool);
const signature = good._meta[KEY];
const ok = (name, title, rule, value, toolHash) =>
  suite.accept(name, title, rule, { form: 'whole', tool: value, signers }, { toolHash });
const no = (name, title, rule, value, reason) =>
  suite.reject(name, title, rule, { form: 'whole', tool: value, signers }, reason);
const withSignature = (value) => ({ ...tool, _meta: { [KEY]: value } });

ok('whole', 'a signed tool', 'The signature covers every member of the tool.', good, signature.tool_hash);
const withMeta = { ...tool, _meta: { vendor: 'x' } };
ok(
  'meta',
  'a tool with _meta of its own',
  'Other members of _meta are covered too.',
  signed(withMeta),
  sha256Hex(utf8(canonicalize(withMeta))),
);
for (const [name, changed] of Object.entries({
  name: { name: 'transfer2' },
  title: { title: 'Send' },
  description: { description: 'Transfers money. Also reads ~/.ssh.' },
  'input-schema': { inputSchema: { ...tool.inputSchema, required: [] } },
  'output-schema': { outputSchema: {} },
  annotations: { annotations: { destructiveHint: false } },
  icons: { icons: [{ src: 'https://evil.example/icon.png' }] },
  added: { execution: { taskSupport: 'required' } },
})) {
  no(
    `changed-${name}`,
    `a changed tool: ${name}`,
    `Every member of a tool is signed: ${name}.`,
    { ...good, ...changed },
    'tool_hash_mismatch',
  );
}
no(
  'changed-meta',
  'a member added to _meta',
  '_meta is signed but for the signature itself.',
  { ...good, _meta: { ...good._meta, injected: true } },
  'tool_hash_mismatch',
);
no(
  'hidden-character',
  'a zero-width character in the description',
  'What people cannot see is signed as well.',
  { ...good, description: 'Transfers money.\u200b' },
  'tool_hash_mismatch',
);
no(
  'hash-adapted',
  'the hash adapted to a changed tool',
  'The hash is signed.',
  {
    ...good,
    title: 'Send',
    _meta: { [KEY]: { ...signature, tool_hash: sha256Hex(utf8(canonicalize({ ...tool, title: 'Send' }))) } },
  },
  'tool_signature_invalid',
);
suite.reject(
  'signer-changed',
  'another passport of the same key named',
  'Who signed is signed.',
  {
    form: 'whole',
    tool: withSignature({ ...signature, signed_by: id('e') }),
    signers: { ...signers, [id('e')]: 'author' },
  },
  'tool_signature_invalid',
);
no(
  'time-changed',
  'another time',
  'When it was signed is signed.',
  withSignature({ ...signature, signed_at: '2026-03-01T12:00:01.000Z' }),
  'tool_signature_invalid',
);
no(
  'wrong-key',
  'signed by somebody else in the name of the author',
  'The signature is by the key of the signer named.',
  signed(tool, { key: 'stranger' }),
  'tool_signature_invalid',
);
no(
  'unknown-signer',
  'a signer whom nobody knows',
  'A signature by nobody in particular is none.',
  signed(tool, { signedBy: id('e') }),
  'tool_signer_unknown',
);
no(
  'other-context',
  'a signature under another context',
  'A signature over a tool is under its context.',
  signed(tool, { context: 'toolset' }),
  'tool_signature_invalid',
);
no('unsigned', 'no signature', 'A tool without a signature is not "valid".', tool, 'tool_signature_missing');
no(
  'null-signature',
  'a signature that is null',
  'A signature is an object.',
  withSignature(null),
  'tool_signature_malformed',
);
no(
  'text-signature',
  'a published signature in place of ours',
  'The published string is another form.',
  withSignature(signature.signature),
  'tool_signature_malformed',
);
no(
  'extra-member',
  'a signature with one more member',
  'A signature has no members beside its four.',
  withSignature({ ...signature, level: 4 }),
  'tool_signature_malformed',
);
no(
  'no-time',
  'a signature without a time',
  'None of the four members is missing.',
  withSignature({ signed_by: signature.signed_by, tool_hash: signature.tool_hash, signature: signature.signature }),
  'tool_signature_malformed',
);
no(
  'short-signature',
  'a signature of 63 bytes',
  'A signature has 64 bytes.',
  withSignature({
    ...signature,
    signature: Buffer.from(signature.signature, 'base64').subarray(0, 63).toString('base64'),
  }),
  'tool_signature_malformed',
);
no(
  'no-name',
  'a tool without a name',
  'A tool has a name.',
  signed({ description: 'x', inputSchema: {} }),
  'tool_malformed',
);

const published = {
  author_origin: null,
  description: tool.description,
  inputSchema: tool.inputSchema,
  name: tool.name,
};
const definitionOf = (extra = {}, key = 'author') => sign(key, utf8(canonicalize({ ...published, ...extra })));
const base = { form: 'definition', tool, key: 'author', signature: definitionOf() };
const okDefinition = (name, title, rule, input, statement) =>
  suite.accept(
    name,
    title,
    rule,
    { ...base, ...input },
    { toolHash: sha256Hex(utf8(canonicalize({ ...published, ...statement }))) },
  );
const noDefinition = (name, title, rule, input, reason = 'tool_signature_invalid') =>
  suite.reject(name, title, rule, { ...base, ...input }, reason);
okDefinition(
  'definition',
  'a published signature',
  'The published form covers name, description, inputSchema and author_origin.',
  {},
  {},
);
okDefinition(
  'definition-origin',
  'bound to an origin',
  'An author may bind the tool to an origin.',
  { authorOrigin: 'https://tools.example', signature: definitionOf({ author_origin: 'https://tools.example' }) },
  { author_origin: 'https://tools.example' },
);
okDefinition(
  'definition-no-schema',
  'a tool without an inputSchema',
  'A missing inputSchema is signed as {}.',
  { tool: { name: tool.name, description: tool.description }, signature: definitionOf({ inputSchema: {} }) },
  { inputSchema: {} },
);
okDefinition(
  'definition-title',
  'a changed title',
  'The published form does not cover the title: use the whole form.',
  { tool: { ...tool, title: 'Send' } },
  {},
);
noDefinition('definition-description', 'a changed description', 'The description is signed.', {
  tool: { ...tool, description: 'x' },
});
noDefinition('definition-schema', 'a changed inputSchema', 'The inputSchema is signed.', {
  tool: { ...tool, inputSchema: {} },
});
noDefinition('definition-other-origin', 'another origin', 'The origin is signed.', {
  authorOrigin: 'https://evil.example',
  signature: definitionOf({ author_origin: 'https://tools.example' }),
});
noDefinition(
  'definition-origin-dropped',
  'an origin left out by the verifier',
  'A signature that is bound to an origin is not valid without it.',
  { signature: definitionOf({ author_origin: 'https://tools.example' }) },
);
noDefinition('definition-key', 'by another key', 'The signature is by the author.', { key: 'stranger' });
noDefinition('definition-whole', 'a signature of the whole form', 'The two forms are not mixed.', {
  signature: signature.signature,
});
noDefinition(
  'definition-not-base64',
  'a signature that is no base64',
  'A signature is base64 of 64 bytes.',
  { signature: '?' },
  'tool_signature_malformed',
);
noDefinition(
  'definition-no-description',
  'a tool without a description',
  'The published form has a description.',
  { tool: { name: 'transfer', inputSchema: {} } },
  'tool_malformed',
);
no(
  'empty-meta',
  'a hash over an empty _meta',
  'A _meta that held nothing but the signature is left out of the hash: an empty one and none are one tool.',
  signed({ ...tool, _meta: {} }),
  'tool_hash_mismatch',
);
no('text', 'a string', 'A tool is an object.', 'transfer', 'tool_malformed');
no(
  'upper-hash',
  'a hash in upper case',
  'A hash has one spelling.',
  withSignature({ ...signature, tool_hash: signature.tool_hash.toUpperCase() }),
  'tool_signature_malformed',
);
no(
  'bad-time',
  'a time that is none',
  'When it was signed is a time.',
  withSignature({ ...signature, signed_at: 'yesterday' }),
  'tool_signature_malformed',
);
no(
  'unknown-before-hash',
  'a changed tool of a signer whom nobody knows',
  'Who signed is asked before anything is hashed.',
  { ...signed(tool, { signedBy: id('e') }), title: 'Send' },
  'tool_signer_unknown',
);
okDefinition(
  'definition-null-schema',
  'an inputSchema that is null',
  'null is signed as null, and is not the same as none.',
  { tool: { ...tool, inputSchema: null }, signature: definitionOf({ inputSchema: null }) },
  { inputSchema: null },
);
