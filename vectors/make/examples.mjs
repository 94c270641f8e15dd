// The worked examples of the specification, docs/spec/examples.md, with the test keys. packages/protocol/test/node/spec-examples.test.ts verifies every block with the library.
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import {
  AUTHORITY,
  CALL,
  DAY,
  HOUR,
  KEYS,
  NOW_TEXT,
  at,
  base64,
  canonicalize,
  contextBytes,
  envelope,
  id,
  inMeta,
  messageHashOf,
  nonce,
  passport,
  replyDigest,
  sha256Hex,
  signContext,
  topLevel,
  utf8,
} from './world.mjs';

const FILE = new URL('../../docs/spec/examples.md', import.meta.url);
const random = (byte) => Buffer.alloc(32, byte).toString('base64url');

const block = (name, language, text) => `<!-- example: ${name} -->\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;
const json = (name, value) => block(name, 'json', JSON.stringify(value, null, 2));
const text = (name, value) => block(name, 'text', value);
/** Bytes with a context: the zero byte is written as U+2400. */
const underContext = (name, context, value) =>
  text(name, contextBytes(context, value).toString('utf8').replace('\0', '␀'));

// --- one message

const wire = topLevel(CALL);
const hash = messageHashOf(CALL);
const { mcps } = wire;
const signingInput = {
  message_hash: hash,
  nonce: mcps.nonce,
  passport_id: mcps.passport_id,
  timestamp: mcps.timestamp,
};

// --- carriers

const LIST = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
const REFUSED = { jsonrpc: '2.0', id: 3, error: { code: -32000, message: 'Busy', data: 'try later' } };
const wrapped = {
  ...REFUSED,
  error: {
    ...REFUSED.error,
    data: { 'dev.mcps/value': 'try later', 'dev.mcps/envelope': { ...envelope(REFUSED), created: ['value'] } },
  },
};

// --- the profile

const session = 'c0'.repeat(32);
const inContext = {
  ...CALL,
  params: {
    ...CALL.params,
    _meta: {
      'dev.mcps/context': { audience: id('b'), direction: 'client', session, seq: 1 },
      'dev.mcps/created': ['_meta'],
    },
  },
};

// --- passports

const agent = passport({ agent: { name: 'agent', version: '1.0.0', capabilities: ['read'] } });
const withoutSignature = (document) =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== 'signature'));
const issuer = passport({
  passport_id: id(1),
  key: 'intermediate',
  agent: { name: 'department', version: '1', capabilities: [] },
  ext: { issuing: { depth: 0, level: 2, capabilities: ['read'] } },
});
const entry = base64(utf8(canonicalize(issuer)));
const issued = passport(
  {
    issuer: id(1),
    issuer_chain: [entry],
    agent: { name: 'agent', version: '1.0.0', capabilities: ['read'] },
    expires_at: at(HOUR),
  },
  'intermediate',
);

// --- the handshake

const server = passport({
  passport_id: id('b'),
  key: 'server',
  agent: { name: 'server', version: '1.0.0', capabilities: [] },
});
const advertisement = { extensions: { 'dev.mcps/secure': { versions: ['1.0'], minTrustLevel: 1, features: [] } } };
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: advertisement,
    clientInfo: { name: 'agent', version: '1.0.0' },
    _meta: {
      'dev.mcps/passport': { passport: agent },
      'dev.mcps/hello': { random: random(1), versions: ['1.0'], features: [] },
      'dev.mcps/created': ['_meta'],
    },
  },
};
const initializeWire = withEnvelope(initialize, 'params', { nonce: nonce(10) });
const answer = {
  jsonrpc: '2.0',
  id: 0,
  result: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {}, ...advertisement },
    serverInfo: { name: 'server', version: '1.0.0' },
    _meta: {
      'dev.mcps/hello': { random: random(2), versions: ['1.0'], features: [] },
      'dev.mcps/passport': { passport: server },
      'dev.mcps/re': replyDigest(initialize, initializeWire.params._meta['dev.mcps/envelope']),
      'dev.mcps/created': ['_meta'],
    },
  },
};
const transcript = { client: initialize.params, server: answer.result };
const transcriptHash = sha256Hex(contextBytes('transcript', transcript));
const binding = (role, key) => ({
  transcript_hash: transcriptHash,
  transcript_signature: signContext(key, 'transcript-binding', { role, transcript_hash: transcriptHash }),
});
const bound = {
  ...answer,
  result: {
    ...answer.result,
    _meta: { ...answer.result._meta, 'dev.mcps/binding': binding('server', 'server') },
  },
};
const answerWire = withEnvelope(bound, 'result', { nonce: nonce(11), key: 'server', passportId: id('b') });
const initialized = {
  jsonrpc: '2.0',
  method: 'notifications/initialized',
  params: {
    _meta: {
      'dev.mcps/binding': binding('client', 'agent'),
      'dev.mcps/context': { audience: id('b'), direction: 'client', session: transcriptHash, seq: 0 },
      'dev.mcps/created': ['params', '_meta'],
    },
  },
};
const initializedWire = withEnvelope(initialized, 'params', { nonce: nonce(12) });

function withEnvelope(message, container, options) {
  const holder = message[container];
  const meta = { ...holder._meta, 'dev.mcps/envelope': envelope(message, options) };
  return { ...message, [container]: { ...holder, _meta: meta } };
}

// --- artefacts

const tool = {
  name: 'transfer',
  title: 'Transfer',
  description: 'Transfers money.',
  inputSchema: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
  annotations: { destructiveHint: true },
};
const statement = { signed_by: id('b'), signed_at: NOW_TEXT, tool_hash: sha256Hex(utf8(canonicalize(tool))) };
const signedTool = {
  ...tool,
  _meta: { 'dev.mcps/signature': { ...statement, signature: signContext('server', 'tool', statement) } },
};
const content = {
  issuer: AUTHORITY,
  number: 7,
  epoch: 12,
  issued_at: NOW_TEXT,
  next_update: at(HOUR),
  revoked: [{ passport_id: id('c'), reason: 'key_compromise', revoked_at: at(-HOUR), passport_expires_at: at(DAY) }],
};
const list = { ...content, signature: signContext('status', 'status-list', content) };

// --- a refusal

const refusal = {
  jsonrpc: '2.0',
  id: 1,
  error: {
    code: -33004,
    message: 'No acceptable message signature',
    data: {
      code: 'MCPS-004',
      reason: 'signature_invalid',
      'dev.mcps/context': { audience: id('a'), direction: 'server', session, seq: 1 },
      'dev.mcps/re': replyDigest({ ...CALL, id: 1 }, mcps),
    },
  },
};
const refusalWire = {
  ...refusal,
  error: {
    ...refusal.error,
    data: {
      ...refusal.error.data,
      'dev.mcps/envelope': envelope(refusal, { nonce: nonce(13), key: 'server', passportId: id('b') }),
    },
  },
};

// --- a request without a body

const bodilessRequest =
  'GET /mcp?tenant=7 HTTP/1.1\nHost: tools.example\nAccept: text/event-stream\nMcp-Session-Id: 1868a90c\nLast-Event-ID: 42';
const headerClaims = {
  audience: id('b'),
  http_session: '1868a90c',
  last_event_id: '42',
  nonce: nonce(14),
  passport_id: id('a'),
  session: transcriptHash,
  target: '/mcp?tenant=7',
  timestamp: NOW_TEXT,
  verb: 'GET',
};
const headerEnvelope = {
  version: '1.0',
  passport_id: headerClaims.passport_id,
  nonce: headerClaims.nonce,
  timestamp: NOW_TEXT,
  signature: signContext('agent', 'session-header', headerClaims),
};
const sessionHeader = Buffer.from(canonicalize(headerEnvelope)).toString('base64url');

const document = `# MCPS 1.0, part F: examples

Part of [the specification of MCPS 1.0](mcps-1.0.md). Every block is made with the test keys of
[keys.json](../../vectors/keys.json) and verified by a test, so it is what an implementation must come to; ECDSA signatures differ with each signing. All
were signed at ${NOW_TEXT}. \`␀\` in a text stands for one zero byte. The order of members in a JSON block means nothing.

- [F.1 A key](#f1-a-key)
- [F.2 A signed message](#f2-a-signed-message)
- [F.3 The same signature in the slot](#f3-the-same-signature-in-the-slot)
- [F.4 Members of the profile](#f4-members-of-the-profile)
- [F.5 A passport](#f5-a-passport)
- [F.6 An issuer chain](#f6-an-issuer-chain)
- [F.7 A handshake](#f7-a-handshake)
- [F.8 A tool](#f8-a-tool)
- [F.9 A status list](#f9-a-status-list)
- [F.10 A refusal](#f10-a-refusal)
- [F.11 A session header](#f11-a-session-header)

## F.1 A key

The public key \`agent\` ([A.5](encodings.md#keys)):

${json('key', KEYS.agent.publicJwk)}

Its thumbprint is the base64url of SHA-256 over this text:

${text('thumbprint-input', JSON.stringify({ crv: 'P-256', kty: 'EC', x: KEYS.agent.publicJwk.x, y: KEYS.agent.publicJwk.y }))}

${text('thumbprint', KEYS.agent.thumbprint)}

## F.2 A signed message

The message of an application ([B.2](messages.md#envelope)):

${json('message', CALL)}

Its RFC 8785 form, and the SHA-256 of that, which is \`message_hash\`:

${text('canonical', canonicalize(CALL))}

${text('message-hash', hash)}

With the nonce \`${mcps.nonce}\`, which a test may choose and a signer never does, the bytes that are signed:

${text('signing-input', canonicalize(signingInput))}

The published form on the wire, signed by the key \`agent\`:

${json('wire', wire)}

The reply digest of this message, to which its answer is bound, is the SHA-256 of the first text:

${text('reply-digest-input', canonicalize({ ...signingInput, signature: mcps.signature }))}

${text('reply-digest', replyDigest(CALL, mcps))}

## F.3 The same signature in the slot

The same envelope, in a \`_meta\` that was made for it ([B.3](messages.md#carriers)). Taking the carrier off gives the message of F.2:

${json('wire-meta', inMeta(CALL))}

A message without \`params\`, and what it becomes:

${json('list', LIST)}

${json('wire-list', inMeta(LIST))}

An error whose \`data\` is no object, and what it becomes:

${json('error', REFUSED)}

${json('wire-error', wrapped)}

## F.4 Members of the profile

The message of F.2 as number 1 of a session, as it is signed ([B.4](messages.md#profile)). \`dev.mcps/created\` says that the application had sent no \`_meta\`:

${json('profile', inContext)}

On the wire; the slot is there already, so the envelope records nothing:

${json('wire-profile', withEnvelope(inContext, 'params', { nonce: nonce(2) }))}

What is delivered is the message of F.2.

## F.5 A passport

Signed by the key \`authority\` of the anchor \`${AUTHORITY}\` ([C.1](passports.md#passports)):

${json('passport', agent)}

The bytes that are signed:

${text('passport-signing-input', canonicalize(withoutSignature(agent)))}

The digest of the whole passport:

${text('passport-digest', sha256Hex(utf8(canonicalize(agent))))}

## F.6 An issuer chain

The anchor has given a department the right to issue passports of level 2 and less, for nothing but \`read\` ([C.4](passports.md#chains)):

${json('issuer', issuer)}

The department issues a passport with its own key \`intermediate\`. The chain holds the RFC 8785 form of the passport above in base64:

${json('issued', issued)}

## F.7 A handshake

\`initialize\` on the wire ([D.3](connections.md#handshake)):

${json('initialize', initializeWire)}

C is its \`params\` without the carrier. The server's result without \`dev.mcps/binding\` is S; hashed is this text ([D.4](connections.md#transcript)):

${underContext('transcript-input', 'transcript', transcript)}

${text('transcript-hash', transcriptHash)}

The server signs, with the key \`server\`:

${underContext('server-binding-input', 'transcript-binding', { role: 'server', transcript_hash: transcriptHash })}

The result on the wire:

${json('initialize-result', answerWire)}

The client signs the same hash in its own role, with the key \`agent\`:

${underContext('client-binding-input', 'transcript-binding', { role: 'client', transcript_hash: transcriptHash })}

${json('initialized', initializedWire)}

## F.8 A tool

A tool, signed by the server that lists it ([E.1](artefacts.md#tools)):

${json('tool', signedTool)}

\`tool_hash\` is the SHA-256 of the RFC 8785 form of the tool without the \`_meta\` that was made for the signature:

${text('tool-canonical', canonicalize(tool))}

The bytes that are signed:

${underContext('tool-signing-input', 'tool', statement)}

## F.9 A status list

Signed by the key \`status\` ([C.7](passports.md#status)):

${json('status-list', list)}

The bytes that are signed:

${underContext('status-list-signing-input', 'status-list', content)}

## F.10 A refusal

What a server answers where the signature of the message of F.2 does not verify ([D.7](connections.md#refusals)), as number 1 of its own direction. \`dev.mcps/re\` is the reply digest of F.2. The
\`data\` was there already, so nothing was created:

${json('refusal', refusalWire)}

## F.11 A session header

In the session of F.7 the client resumes a stream ([H.9](http-1.0.md#session-header)):

${block('bodiless-request', 'http', bodilessRequest)}

The bytes that are signed, with the key \`agent\`. \`session\` is the transcript hash of F.7:

${underContext('session-header-input', 'session-header', headerClaims)}

The envelope of the header, and its base64url as the header has it:

${text('session-header-envelope', canonicalize(headerEnvelope))}

${text('session-header', sessionHeader)}
`;

/** Writes the document, in the layout that `npm run lint` asks for. */
export async function writeExamples() {
  writeFileSync(FILE, await format(document, { ...(await resolveConfig(FILE)), parser: 'markdown' }));
}
