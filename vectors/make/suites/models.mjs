import { Suite } from '../suite.mjs';
import { NOW_TEXT, id, signContext } from '../world.mjs';

const suite = new Suite({
  slug: 'models',
  layer: 'protocol',
  description:
    'Signed model metadata. `signers` maps passport ids to key names; `fileHash` is that of the file at hand.',
  input: {
    required: ['model', 'signers'],
    properties: { model: {}, signers: { type: 'object' }, fileHash: { type: 'string' } },
    additionalProperties: false,
  },
});
export default suite;

const signers = { [id('d')]: 'author' };
const metadata = {
  name: 'small-model',
  version: '1.0',
  format: 'safetensors',
  file_hash: 'ab'.repeat(32),
  source: 'https://models.example/small',
  licence: 'Apache-2.0',
  parameter_count: 7_000_000,
};
function signed(members = {}, options = {}) {
  const { key = 'author', context = 'model' } = options;
  const statement = { ...metadata, signed_by: id('d'), signed_at: NOW_TEXT, ...members };
  for (const [name, value] of Object.entries(statement)) if (value === undefined) delete statement[name];
  return { ...statement, signature: signContext(key, context, statement) };
}
const good = signed();
const ok = (name, title, rule, model, extra = {}) => suite.accept(name, title, rule, { model, signers, ...extra });
const no = (name, title, rule, model, reason, extra = {}) =>
  suite.reject(name, title, rule, { model, signers, ...extra }, reason);

ok('complete', 'complete metadata', 'All members are signed.', good);
ok(
  'required-only',
  'only what is required',
  'source, licence and parameter_count may be left out.',
  signed({ source: undefined, licence: undefined, parameter_count: undefined }),
);
ok('file', 'the file that was signed', 'The hash of the file is compared where the file is at hand.', good, {
  fileHash: 'ab'.repeat(32),
});
no('other-file', 'another file', 'The file is the one that was signed.', good, 'model_hash_mismatch', {
  fileHash: 'cd'.repeat(32),
});
no(
  'hash-changed',
  'another hash',
  'The hash is signed.',
  { ...good, file_hash: 'cd'.repeat(32) },
  'model_signature_invalid',
);
no(
  'licence-changed',
  'another licence',
  'The licence is signed.',
  { ...good, licence: 'MIT' },
  'model_signature_invalid',
);
no(
  'source-removed',
  'a source taken out',
  'Nothing can be taken out.',
  JSON.parse(JSON.stringify({ ...good, source: undefined })),
  'model_signature_invalid',
);
no(
  'count-changed',
  'another number of parameters',
  'The number of parameters is signed.',
  { ...good, parameter_count: 70_000_000 },
  'model_signature_invalid',
);
no(
  'wrong-key',
  'signed by somebody else',
  'The signature is by the key of the signer named.',
  signed({}, { key: 'stranger' }),
  'model_signature_invalid',
);
no(
  'other-context',
  'a signature under another context',
  'A signature over a model is under its context.',
  signed({}, { context: 'tool' }),
  'model_signature_invalid',
);
no(
  'unknown-signer',
  'a signer whom nobody knows',
  'A signature by nobody in particular is none.',
  signed({ signed_by: id('e') }),
  'model_signer_unknown',
);
no('no-hash', 'without a hash', 'The hash is required.', signed({ file_hash: undefined }), 'model_malformed');
no(
  'short-hash',
  'a hash that is no SHA-256',
  'A hash is 64 hex characters.',
  signed({ file_hash: 'ab' }),
  'model_malformed',
);
no('extra', 'one more member', 'Members are exact.', signed({ trusted: true }), 'model_malformed');
no(
  'text-count',
  'the number of parameters as a string',
  'Types are exact.',
  signed({ parameter_count: '7B' }),
  'model_malformed',
);
no(
  'unsigned',
  'not signed',
  'Metadata without a signature is not "valid".',
  { ...metadata, signed_by: id('d'), signed_at: NOW_TEXT },
  'model_malformed',
);
no(
  'count-zero',
  'no parameters',
  'A number of parameters counts from 1.',
  signed({ parameter_count: 0 }),
  'model_malformed',
);
no('empty-name', 'an empty name', 'A model has a name.', signed({ name: '' }), 'model_malformed');
no(
  'long-name',
  'a name of 257 characters',
  'A name has at most 256 characters.',
  signed({ name: 'x'.repeat(257) }),
  'model_malformed',
);
no(
  'bad-time',
  'a time that is none',
  'When it was signed is a time.',
  signed({ signed_at: 'yesterday' }),
  'model_malformed',
);
no('array', 'an array', 'Metadata is an object.', [good], 'model_malformed');
