import { Buffer } from 'node:buffer';
import { createPublicKey } from 'node:crypto';
import { Suite } from '../suite.mjs';
import {
  AUTHORITY,
  CALL,
  DAY,
  NOW,
  NOW_TEXT,
  TREE_HEAD,
  at,
  base64,
  canonicalize,
  contextBytes,
  id,
  messageHashOf,
  nonce,
  passport,
  sha256Hex,
  signContext,
  utf8,
} from '../world.mjs';
import { KEYS } from '../keys.mjs';
import { signBytes } from '../signatures.mjs';

const suite = new Suite({
  slug: 'type-matrix',
  layer: 'protocol',
  description:
    'Every signed artefact with the signature of every other, all by one key (`authority` in keys.json, in every role). `type` says what the artefact is presented as. Only what was signed as that type is accepted.',
  input: {
    required: ['type', 'artefact', 'anchors', 'now'],
    properties: {
      type: { type: 'string' },
      artefact: { type: 'object' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

const anchors = [{ issuer: AUTHORITY, keys: ['authority'] }];
const tool = { name: 'transfer', description: 'Transfers money.', inputSchema: {} };
const client = { capabilities: {} };
const server = { capabilities: {} };
const transcript = sha256Hex(contextBytes('transcript', { client, server }));
const published = sha256Hex(utf8(canonicalize(client) + canonicalize(server)));
const passportDraft = passport({}, null);
const toolStatement = { signed_by: id('d'), signed_at: NOW_TEXT, tool_hash: sha256Hex(utf8(canonicalize(tool))) };
const toolset = {
  signed_by: id('d'),
  signed_at: NOW_TEXT,
  version: 1,
  count: 1,
  root: sha256Hex(utf8(canonicalize([{ name: tool.name, tool_hash: toolStatement.tool_hash }]))),
};
const model = {
  name: 'm',
  version: '1',
  format: 'gguf',
  file_hash: 'ab'.repeat(32),
  signed_by: id('d'),
  signed_at: NOW_TEXT,
};
const list = { issuer: AUTHORITY, number: 1, epoch: 0, issued_at: at(-1), next_update: at(DAY), revoked: [] };
const evidence = {
  type: 'scan',
  issuer: AUTHORITY,
  subject: { name: 'agent', version: '1.0.0', key: KEYS.agent.thumbprint },
  issued_at: at(-1),
  expires_at: at(DAY / 2),
  result: 'pass',
};
const statusMembers = {
  authority: AUTHORITY,
  passport_id: id('a'),
  passport_digest: 'cd'.repeat(32),
  status: 'VALID',
  epoch: 0,
  produced_at: NOW_TEXT,
  expires_at: at(60_000),
  tree_head: TREE_HEAD,
};
const treeHead = { authority: AUTHORITY, era: 1, epoch: 0, ...TREE_HEAD, timestamp: NOW_TEXT };
const possession = {
  authority: AUTHORITY,
  challenge: KEYS.agent.thumbprint,
  key_thumbprint: KEYS.authority.thumbprint,
  expires_at: at(60_000),
};
const revokedEntry = {
  passport_id: id('c'),
  reason: 'superseded',
  revoked_at: at(-1),
  passport_expires_at: at(DAY),
};
const event = {
  authority: AUTHORITY,
  era: 1,
  epoch: 1,
  id: '1.1',
  type: 'revocation',
  produced_at: NOW_TEXT,
  revocation: revokedEntry,
  list_number: 1,
};
const delta = {
  issuer: AUTHORITY,
  from_number: 0,
  number: 1,
  epoch: 1,
  issued_at: at(-1),
  next_update: at(DAY),
  added: [revokedEntry],
  tree_head: TREE_HEAD,
  // Whose list that is, is looked at when the delta is applied.
  list_signature: base64(Buffer.alloc(64, 1)),
};
// One stored block of one byte without a bit set (RFC 1950, RFC 1951).
const NO_BITS = base64(Buffer.from('7801010100feff0000010001', 'hex'));
const bitmap = {
  issuer: AUTHORITY,
  number: 1,
  epoch: 0,
  issued_at: at(-1),
  next_update: at(DAY),
  size: 8,
  bits: NO_BITS,
  tree_head: TREE_HEAD,
};
const keySet = {
  authority: AUTHORITY,
  era: 1,
  number: 1,
  issued_at: at(-1),
  next_update: at(DAY),
  keys: [{ purpose: 'status', jwk: KEYS.authority.publicJwk, not_before: at(-1), not_after: at(DAY) }],
};
const bundle = {
  authority: AUTHORITY,
  number: 1,
  created_at: at(-1),
  expires_at: at(DAY),
  key_set: { ...keySet, signature: signContext('authority', 'key-set', keySet) },
  passports: [],
  list: { ...list, signature: signContext('authority', 'status-list', list) },
};
const pem = createPublicKey({ key: KEYS.authority.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
const rotated = { previous_key_hash: sha256Hex(utf8(pem)), rotated_at: NOW_TEXT };
const previous = passport({ key: 'authority' });
const next = passport({ passport_id: id('b'), key: 'stranger', key_rotation: rotated });
const rotation = { passport_id: previous.passport_id, new_key: KEYS.stranger.thumbprint, ...rotated };
const header = { message_hash: messageHashOf(CALL), nonce: nonce(1), passport_id: id('a'), timestamp: NOW_TEXT };
const headerClaims = {
  audience: id('b'),
  nonce: nonce(1),
  passport_id: id('a'),
  session: transcript,
  target: '/mcp',
  timestamp: NOW_TEXT,
  verb: 'GET',
};
const definition = { author_origin: null, description: tool.description, inputSchema: {}, name: tool.name };

// The checkpoint of an audit trail, whose own row is in the suite audit-trails.
const auditCheckpoint = {
  trail: '7a'.repeat(16),
  seq: 1,
  prev: '0'.repeat(64),
  checkpoint: { time: NOW_TEXT, kind: 'open', key: KEYS.authority.thumbprint },
};

/** Of each type: what is signed, how a signature is put into it, and what a wrong one leads to. */
const TYPES = {
  message: {
    bytes: utf8(canonicalize(header)),
    build: (signature) => ({
      message: {
        ...CALL,
        mcps: { version: '1.0', passport_id: id('a'), nonce: nonce(1), timestamp: NOW_TEXT, signature },
      },
    }),
    reason: 'signature_invalid',
  },
  passport: {
    bytes: utf8(canonicalize(passportDraft)),
    build: (signature) => ({ passport: { ...passportDraft, signature } }),
    reason: 'passport_signature_invalid',
  },
  'tool-definition': {
    bytes: utf8(canonicalize(definition)),
    build: (signature) => ({ tool, signature }),
    reason: 'tool_signature_invalid',
  },
  'published-transcript': {
    bytes: utf8(published),
    build: (signature) => ({
      client,
      server,
      binding: { transcript_hash: published, transcript_signature: signature },
    }),
    reason: 'binding_signature_invalid',
  },
  tool: {
    bytes: contextBytes('tool', toolStatement),
    build: (signature) => ({ tool: { ...tool, _meta: { 'dev.mcps/signature': { ...toolStatement, signature } } } }),
    reason: 'tool_signature_invalid',
  },
  toolset: {
    bytes: contextBytes('toolset', toolset),
    build: (signature) => ({ page: { tools: [tool], _meta: { 'dev.mcps/toolset': { ...toolset, signature } } } }),
    reason: 'toolset_signature_invalid',
  },
  model: {
    bytes: contextBytes('model', model),
    build: (signature) => ({ model: { ...model, signature } }),
    reason: 'model_signature_invalid',
  },
  'server-binding': {
    bytes: contextBytes('transcript-binding', { role: 'server', transcript_hash: transcript }),
    build: (signature) => ({
      client,
      server,
      binding: { transcript_hash: transcript, transcript_signature: signature },
    }),
    reason: 'binding_signature_invalid',
  },
  'client-binding': {
    bytes: contextBytes('transcript-binding', { role: 'client', transcript_hash: transcript }),
    build: (signature) => ({
      client,
      server,
      binding: { transcript_hash: transcript, transcript_signature: signature },
    }),
    reason: 'binding_signature_invalid',
  },
  'session-header': {
    bytes: contextBytes('session-header', headerClaims),
    build: (signature) => ({
      claims: headerClaims,
      header: Buffer.from(
        canonicalize({ version: '1.0', passport_id: id('a'), nonce: nonce(1), timestamp: NOW_TEXT, signature }),
      ).toString('base64url'),
    }),
    reason: 'signature_invalid',
  },
  'status-list': {
    bytes: contextBytes('status-list', list),
    build: (signature) => ({ list: { ...list, signature } }),
    reason: 'status_invalid',
  },
  status: {
    bytes: contextBytes('status', statusMembers),
    build: (signature) => ({ statement: { ...statusMembers, signature } }),
    reason: 'status_invalid',
  },
  staple: {
    bytes: contextBytes('staple', statusMembers),
    build: (signature) => ({ statement: { ...statusMembers, signature } }),
    reason: 'status_invalid',
  },
  'tree-head': {
    bytes: contextBytes('tree-head', treeHead),
    build: (signature) => ({ statement: { ...treeHead, signature } }),
    reason: 'status_invalid',
  },
  'proof-of-possession': {
    bytes: contextBytes('proof-of-possession', possession),
    build: (signature) => ({ statement: { ...possession, signature } }),
    reason: 'possession_invalid',
  },
  rotation: {
    bytes: contextBytes('rotation', rotation),
    build: (signature) => ({ previous, next, proof: { ...rotation, signature } }),
    reason: 'rotation_invalid',
  },
  event: {
    bytes: contextBytes('event', event),
    build: (signature) => ({ statement: { ...event, signature } }),
    reason: 'status_invalid',
  },
  'status-list-delta': {
    bytes: contextBytes('status-list-delta', delta),
    build: (signature) => ({ delta: { ...delta, signature } }),
    reason: 'status_invalid',
  },
  'status-bitmap': {
    bytes: contextBytes('status-bitmap', bitmap),
    build: (signature) => ({ bitmap: { ...bitmap, signature } }),
    reason: 'status_invalid',
  },
  'key-set': {
    bytes: contextBytes('key-set', keySet),
    build: (signature) => ({ keySet: { ...keySet, signature } }),
    reason: 'status_invalid',
  },
  bundle: {
    bytes: contextBytes('bundle', bundle),
    build: (signature) => ({ bundle: { ...bundle, signature } }),
    reason: 'status_invalid',
  },
  evidence: {
    bytes: contextBytes('evidence', evidence),
    build: (signature) => ({ evidence: { ...evidence, signature } }),
    reason: null,
  },
  'audit-checkpoint': { bytes: contextBytes('audit-checkpoint', auditCheckpoint) },
};

for (const [presented, { build, reason }] of Object.entries(TYPES)) {
  if (build === undefined) continue;
  for (const [signed, { bytes }] of Object.entries(TYPES)) {
    const artefact = build(base64(signBytes(KEYS.authority, bytes)));
    if (presented === 'evidence')
      artefact.passport = passport({ trust_level: 3, ext: { evidence: [artefact.evidence] } });
    delete artefact.evidence;
    const input = { type: presented, artefact, anchors, now: NOW };
    if (presented === signed)
      suite.accept(
        presented,
        `a ${presented}`,
        `A ${presented} is accepted as such.`,
        input,
        presented === 'evidence' ? { staticLevel: 3 } : {},
      );
    else if (reason === null)
      suite.accept(
        `${signed}-as-${presented}`,
        `the signature of a ${signed} in a ${presented}`,
        `A ${signed} is no ${presented}: it lends no level.`,
        input,
        { staticLevel: 2 },
      );
    else
      suite.reject(
        `${signed}-as-${presented}`,
        `the signature of a ${signed} in a ${presented}`,
        `A ${signed} never passes for a ${presented}.`,
        input,
        reason,
      );
  }
}
