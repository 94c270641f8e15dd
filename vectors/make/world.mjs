// What the suites of the protocol share: the keys, the time, and signed things of every kind. Canonical forms come from the built packages;
// the vectors of canonical JSON say what they must be.
import { Buffer } from 'node:buffer';
import { canonicalize } from '../../packages/crypto/dist/index.node.js';
import { KEYS } from './keys.mjs';
import { base64, sha256Hex, signBytes, utf8 } from './signatures.mjs';

export { KEYS, base64, canonicalize, sha256Hex, utf8 };

/** The instant of every vector that has a time. */
export const NOW_TEXT = '2026-03-01T12:00:00.000Z';
export const NOW = Date.parse(NOW_TEXT);
export const at = (ms) => new Date(NOW + ms).toISOString();

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Passport ids that are easy to tell apart. */
export const id = (digit) => `asp_${String(digit).repeat(32).slice(0, 32)}`;
export const nonce = (number) => number.toString(16).padStart(32, '0');

export const AUTHORITY = 'authority.mcps.test';

export const contextBytes = (context, value) =>
  Buffer.concat([utf8(`mcps/1.0:${context}\0`), utf8(canonicalize(value))]);

export const sign = (key, bytes) => base64(signBytes(KEYS[key], bytes));
const signJson = (key, value) => sign(key, utf8(canonicalize(value)));
export const signContext = (key, context, value) => sign(key, contextBytes(context, value));

/** A statement of members, signed under a context; members that are undefined are left out. */
export function statement(context, members, signer) {
  const content = { ...members };
  for (const [name, value] of Object.entries(content)) if (value === undefined) delete content[name];
  return { ...content, signature: signContext(signer, context, content) };
}

/** The SHA-256 of nothing: the root of a log without entries. */
export const EMPTY_ROOT = sha256Hex(utf8(''));

/** A state of a log whose entries do not matter. */
export const TREE_HEAD = { tree_size: 9, root_hash: 'ab'.repeat(32) };

/** A passport, signed by a key unless `signer` is null. */
export function passport(overrides = {}, signer = 'authority') {
  const { key = 'agent', ...members } = overrides;
  const unsigned = {
    mcps_version: '1.0',
    passport_id: id('a'),
    agent: { name: 'agent', version: '1.0.0', capabilities: [] },
    public_key: KEYS[key].publicJwk,
    origin: null,
    trust_level: 2,
    issued_at: at(-DAY),
    expires_at: at(DAY),
    issuer: AUTHORITY,
    issuer_chain: [],
    ...members,
  };
  for (const [name, value] of Object.entries(unsigned)) if (value === undefined) delete unsigned[name];
  return signer === null ? unsigned : { ...unsigned, signature: signJson(signer, unsigned) };
}

export const ANCHORS = [{ issuer: AUTHORITY, keys: ['authority'], statusKeys: ['status'] }];

/** The envelope of a message, as published MCPS 1.0 signs it. */
export function envelope(message, options = {}) {
  const {
    key = 'agent',
    passportId = id('a'),
    timestamp = NOW_TEXT,
    nonce: value = nonce(1),
    channelBinding,
  } = options;
  const messageHash = sha256Hex(utf8(canonicalize(message)));
  const header = {
    message_hash: messageHash,
    nonce: value,
    passport_id: passportId,
    timestamp,
    ...(channelBinding === undefined ? {} : { channel_binding: channelBinding }),
  };
  return { version: '1.0', passport_id: passportId, nonce: value, timestamp, signature: signJson(key, header) };
}

export const messageHashOf = (message) => sha256Hex(utf8(canonicalize(message)));

export function replyDigest(message, { passport_id, nonce: value, timestamp, signature }) {
  return sha256Hex(
    utf8(canonicalize({ message_hash: messageHashOf(message), nonce: value, passport_id, timestamp, signature })),
  );
}

export const topLevel = (message, options) => ({ ...message, mcps: envelope(message, options) });

/** A request in the `_meta` carrier; `message` must have `params._meta` already where `created` is empty. */
export function inMeta(message, options) {
  const params = message.params ?? {};
  const meta = params._meta ?? {};
  const created = [
    ...(message.params === undefined ? ['params'] : []),
    ...(params._meta === undefined ? ['_meta'] : []),
  ];
  const wire = { ...envelope(message, options), ...(created.length > 0 ? { created } : {}) };
  return { ...message, params: { ...params, _meta: { ...meta, 'dev.mcps/envelope': wire } } };
}

export const CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text: 'hello' } },
};
export const RESULT = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'hello' }] } };
export const ERROR = { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Invalid params' } };
export const NOTE = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 0.5 } };
