// What this library signs in the earlier format, and envelopes of that format that nobody should accept.
import { encodeBase64, encodeUtf8, p1363ToDer, sign } from '../../../packages/crypto/dist/index.node.js';
import { signLegacyMessage, signLegacyPassport, signLegacyTool } from '../../../packages/protocol/dist/legacy.js';
import { expectSame, faultOf } from './expect.mjs';

const OK = { ok: true };
const reason = (name) => ({ reason: name });
const PASSPORT_ID = `asp_${'e7'.repeat(16)}`;
const MESSAGE = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

async function messages(cases, keys) {
  const rows = [];
  for (const { name, message, earlierValue, earlierText } of cases) {
    const options = { passportId: PASSPORT_ID, key: keys.agent.privateKey };
    if (earlierText === 'message_not_canonical' || earlierValue === 'message_not_canonical') {
      expectSame(name, await faultOf(() => signLegacyMessage(message, options)), 'message_not_canonical');
      continue;
    }
    rows.push({ name, wire: JSON.stringify(await signLegacyMessage(message, options)), expected: OK });
  }
  return rows;
}

async function tools(cases, keys) {
  const rows = [];
  for (const { name, tool } of cases) {
    rows.push({
      name,
      wire: JSON.stringify(tool),
      signature: await signLegacyTool(tool, keys.agent.privateKey),
      expected: OK,
    });
  }
  return rows;
}

async function passports(keys) {
  const issuedAt = Date.now();
  const passport = (more) => ({
    mcps_version: '1.0.0',
    passport_id: PASSPORT_ID,
    agent: { name: 'agent', version: '1.0.0', capabilities: [] },
    public_key: { ...keys.agent.publicKey.jwk },
    scan: null,
    trust_level: 1,
    issued_at: new Date(issuedAt).toISOString(),
    expires_at: new Date(issuedAt + 86_400_000).toISOString(),
    issuer: 'earlier.mcps.test',
    ...more,
  });
  const made = {
    issued: passport({}),
    'text-beyond-ascii': passport({ agent: { name: 'agent ✓ 代理 🔐', version: '1', capabilities: ['größe'] } }),
    scanned: passport({ trust_level: 3, scan: { score: 97, risk: 1e-7, '\uff5e': 1, '😀': 2, 10: 'ten', 9: 'nine' } }),
  };
  const rows = [];
  for (const [name, unsigned] of Object.entries(made)) {
    rows.push({ name, wire: JSON.stringify(await signLegacyPassport(unsigned, keys.root.privateKey)), expected: OK });
  }
  return rows;
}

/** What the package accepts and we refuse. */
const ACCEPTED_BY_PACKAGE = new Set([
  'member-added',
  'version-of-the-published-format',
  'base64-with-line-break',
  'character-moved-into-the-nonce',
  'other-passport-id',
]);

/** Whether the package is known to accept a variant. */
export function packageAccepts({ name, expected }) {
  return expected.ok === true || ACCEPTED_BY_PACKAGE.has(name);
}

/** Rows of {name, about, wire, expected}, signed by the agent's key. */
async function variants(keys) {
  const rows = [];
  const add = (name, about, envelope, expected) => rows.push({ name, about, wire: JSON.stringify(envelope), expected });
  const plain = await signLegacyMessage(MESSAGE, { passportId: PASSPORT_ID, key: keys.agent.privateKey });
  const { timestamp, nonce, signature } = plain;
  add('as-signed', 'the envelope that the others below are altered from', plain, OK);
  add(
    'message-altered',
    'another method',
    { ...plain, message: { ...MESSAGE, method: 'tools/call' } },
    reason('signature_invalid'),
  );
  add(
    'message-members-reordered',
    'the order of members is signed',
    { ...plain, message: { method: 'tools/list', id: 1, jsonrpc: '2.0' } },
    reason('signature_invalid'),
  );
  add('nonce-altered', 'another nonce', { ...plain, nonce: 'f'.repeat(32) }, reason('signature_invalid'));
  add(
    'passport-id-altered',
    'another passport',
    { ...plain, passport_id: `asp_${'1'.repeat(32)}` },
    reason('signature_invalid'),
  );
  add('member-added', 'a member that is not signed', { ...plain, extra: 1 }, reason('envelope_malformed'));
  add(
    'version-of-the-published-format',
    'the version is not signed',
    { ...plain, mcps: '1.0' },
    reason('version_unsupported'),
  );
  add(
    'base64-with-line-break',
    'base64 that is not canonical',
    { ...plain, signature: `${signature.slice(0, 40)}\n${signature.slice(40)}` },
    reason('signature_malformed'),
  );

  // The parts are signed end to end: where their lengths are not fixed, a character can move from one to its neighbour under the same signature.
  const moved = timestamp.slice(-1) + nonce;
  add(
    'character-moved-into-the-nonce',
    'a fresh nonce for an old signature',
    { ...plain, timestamp: timestamp.slice(0, -1), nonce: moved },
    reason('envelope_malformed'),
  );

  const passport_id = 'agent-1';
  const text = `{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}${passport_id}${timestamp}${nonce}`;
  const other = encodeBase64(p1363ToDer(await sign(keys.agent.privateKey, encodeUtf8(text))));
  add(
    'other-passport-id',
    'an id of another form',
    { ...plain, passport_id, signature: other },
    reason('envelope_malformed'),
  );
  return rows;
}

/** Everything this library signs in the earlier format. */
export async function signEarlier(cases, keys) {
  return {
    messages: await messages(cases.messages, keys),
    tools: await tools(cases.tools, keys),
    passports: await passports(keys),
    variants: await variants(keys),
  };
}
