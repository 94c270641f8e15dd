import { Suite } from '../suite.mjs';
import { canonicalize, contextBytes, sha256Hex, sign, signContext, utf8 } from '../world.mjs';

const suite = new Suite({
  slug: 'transcripts',
  layer: 'protocol',
  description:
    'Bindings of handshakes: `form` session is that of this specification, for a `role`; `form` published is that of published 1.0. `client` and `server` are the halves that the verifier has seen, `key` names the key in keys.json.',
  input: {
    required: ['form', 'client', 'server', 'binding', 'key'],
    properties: {
      form: { enum: ['session', 'published'] },
      role: { enum: ['client', 'server'] },
      client: { type: 'object' },
      server: { type: 'object' },
      binding: { type: 'object' },
      key: { type: 'string' },
    },
    additionalProperties: false,
  },
});
export default suite;

const client = {
  protocolVersion: '2025-11-25',
  capabilities: { extensions: { 'dev.mcps/secure': { versions: ['1.0'] } } },
  clientInfo: { name: 'agent', version: '1' },
};
const server = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'server', version: '1' },
};
const hash = sha256Hex(contextBytes('transcript', { client, server }));
const publishedHash = sha256Hex(utf8(canonicalize(client) + canonicalize(server)));
const session = (role, key = 'server', transcript_hash = hash) => ({
  transcript_hash,
  transcript_signature: signContext(key, 'transcript-binding', { role, transcript_hash }),
});
const published = (key = 'server', transcript_hash = publishedHash) => ({
  transcript_hash,
  transcript_signature: sign(key, utf8(transcript_hash)),
});

const ours = { form: 'session', role: 'server', client, server, binding: session('server'), key: 'server' };
const theirs = { form: 'published', client, server, binding: published(), key: 'server' };
const ok = (id, title, rule, input, transcriptHash) => suite.accept(id, title, rule, input, { transcriptHash });
const no = (id, title, rule, input, reason) => suite.reject(id, title, rule, input, reason);
const stripped = { ...client, capabilities: {} };

ok('session-server', 'the binding of a server', 'A server signs the transcript in its role.', ours, hash);
ok(
  'session-client',
  'the binding of a client',
  'A client signs the transcript in its role.',
  { ...ours, role: 'client', binding: session('client', 'agent'), key: 'agent' },
  hash,
);
no(
  'session-role',
  "a server's binding as a client's",
  'A binding is in one role: thrown back it proves nothing.',
  { ...ours, role: 'client' },
  'binding_signature_invalid',
);
no(
  'session-key',
  'by another key',
  'The binding is by the key of the peer.',
  { ...ours, key: 'stranger' },
  'binding_signature_invalid',
);
no(
  'session-stripped',
  'a capability stripped from what the client sent',
  'Both sides have seen the same client half.',
  { ...ours, client: stripped },
  'binding_mismatch',
);
no(
  'session-server-changed',
  'a changed server half',
  'Both sides have seen the same server half.',
  { ...ours, server: { ...server, capabilities: {} } },
  'binding_mismatch',
);
no(
  'session-halves',
  'the halves exchanged',
  'Each half has its place.',
  { ...ours, client: server, server: client },
  'binding_mismatch',
);
no(
  'session-hash',
  'the hash of another handshake, signed',
  'A valid signature over another transcript is no binding of this one.',
  { ...ours, binding: session('server', 'server', '0'.repeat(64)) },
  'binding_mismatch',
);
no(
  'session-published',
  'a published binding in place of ours',
  'A published binding binds no session.',
  { ...ours, binding: published('server', hash) },
  'binding_signature_invalid',
);
no(
  'session-not-base64',
  'a signature that is no base64',
  'A signature is base64.',
  { ...ours, binding: { ...session('server'), transcript_signature: '?' } },
  'binding_signature_invalid',
);
no(
  'session-upper',
  'the hash in upper case',
  'The hash is compared exactly.',
  { ...ours, binding: { ...session('server'), transcript_hash: hash.toUpperCase() } },
  'binding_mismatch',
);
ok(
  'published',
  'a published binding',
  'The published form signs the hex of the hash of both halves, one after the other.',
  theirs,
  publishedHash,
);
no(
  'published-stripped',
  'a capability stripped',
  'The published form shows a stripped capability.',
  { ...theirs, client: stripped },
  'binding_mismatch',
);
no(
  'published-key',
  'by another key',
  'The published form is by the key of the peer.',
  { ...theirs, key: 'stranger' },
  'binding_signature_invalid',
);
no(
  'published-context',
  'our binding in place of a published one',
  'A binding of a session is none of the published form.',
  { ...theirs, binding: { ...session('server', 'server', publishedHash) } },
  'binding_signature_invalid',
);
