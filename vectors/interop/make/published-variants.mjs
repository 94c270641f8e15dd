// Envelopes of the published format that no library here would write: altered after signing, or signed with values that are out of the ordinary.
import {
  canonicalizeToBytes,
  decodeBase64,
  decodeHex,
  encodeBase64,
  encodeHex,
  isLowS,
  p1363ToDer,
  sha256Hex,
  sign,
} from '../../../packages/crypto/dist/index.node.js';
import { signMessage } from '../../../packages/protocol/dist/index.js';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const MESSAGE = { jsonrpc: '2.0', id: 24, method: 'tools/call', params: { name: 'add', arguments: { a: 1 } } };
const PASSPORT_ID = `asp_${'0f'.repeat(16)}`;
const OK = { ok: true };
const reason = (name) => ({ reason: name });

/** Signs whatever it is given, by the rule of the published format. */
async function signAnything(key, message, claims) {
  const signed = {
    passport_id: PASSPORT_ID,
    nonce: '00112233445566778899aabbccddeeff',
    timestamp: new Date().toISOString(),
    ...claims,
  };
  const message_hash = await sha256Hex(canonicalizeToBytes(message));
  const signature = encodeBase64(await sign(key, canonicalizeToBytes({ message_hash, ...signed })));
  return { mcps: { version: '1.0', ...signed, signature }, ...message };
}

/** The other form of a signature: s replaced by n - s. */
function toHighS(signature) {
  const bytes = decodeBase64(signature);
  if (!isLowS(bytes)) throw new Error('expected a low-S signature');
  const high = (ORDER - BigInt(`0x${encodeHex(bytes.subarray(32))}`)).toString(16).padStart(64, '0');
  return encodeBase64(Uint8Array.from([...bytes.subarray(0, 32), ...decodeHex(high)]));
}

const shifted = (ms) => new Date(Date.now() + ms).toISOString();

/** Where the package's verdict is not ours: what it accepts and we refuse, and the one message that it cannot see to be signed. */
const JUDGED_OTHERWISE = new Set([
  'version-unknown',
  'version-of-the-earlier-format',
  'version-missing',
  'base64-with-line-break',
  'two-minutes-ahead',
  'time-zone-offset',
  'space-for-t',
  'no-time-zone',
  'basic-format',
  'other-passport-id',
  'upper-case-nonce',
  'short-nonce',
  'params-array',
  'method-and-result',
  'neither-kind',
  'channel-binding-empty',
  'carried-in-meta',
]);

/** Whether the package is known to accept a variant. */
export function packageAccepts({ name, expected }) {
  return (expected.ok === true) !== JUDGED_OTHERWISE.has(name);
}

/** Rows of {name, about, wire, channel_binding, expected}, each signed by `key`. */
export async function publishedVariants(key) {
  const rows = [];
  const add = (name, about, message, expected, more = {}) => {
    const wire = typeof message === 'string' ? message : JSON.stringify(message);
    rows.push({ name, about, wire, channel_binding: null, expected, ...more });
  };
  const plain = await signAnything(key, MESSAGE, {});
  const altered = (changes) => ({ ...plain, mcps: { ...plain.mcps, ...changes } });
  const { signature } = plain.mcps;

  add('as-signed', 'the message that the others below are altered from', plain, OK);
  add('unknown-envelope-member', 'a member that 1.0 does not know', altered({ extra: { a: 1 } }), OK);
  add('high-s', 'the other of the two forms of one signature', altered({ signature: toHighS(signature) }), OK, {
    expected_with_low_s_required: reason('signature_high_s'),
  });
  add('version-unknown', 'the version is not signed', altered({ version: '9.9' }), reason('version_unsupported'));
  add(
    'version-of-the-earlier-format',
    'the version is not signed',
    altered({ version: '1.0.0' }),
    reason('version_unsupported'),
  );
  add('version-missing', 'the version is not signed', altered({ version: undefined }), reason('envelope_malformed'));
  add(
    'base64-with-line-break',
    'base64 that is not canonical',
    altered({ signature: `${signature.slice(0, 44)}\n${signature.slice(44)}` }),
    reason('signature_malformed'),
  );
  add(
    'der-signature',
    'the DER form of the right signature',
    altered({ signature: encodeBase64(p1363ToDer(decodeBase64(signature))) }),
    reason('signature_malformed'),
  );
  add(
    'envelope-not-an-object',
    'an envelope that is no object',
    { ...MESSAGE, mcps: 'signed' },
    reason('envelope_malformed'),
  );
  add('unsigned', 'no envelope', MESSAGE, reason('envelope_missing'));

  add(
    'message-altered',
    'another argument',
    { ...plain, params: { name: 'add', arguments: { a: 2 } } },
    reason('signature_invalid'),
  );
  add('message-member-added', 'one more member', { ...plain, extra: null }, reason('signature_invalid'));
  add('id-altered', 'another id', { ...plain, id: 25 }, reason('signature_invalid'));
  add('nonce-altered', 'another nonce', altered({ nonce: 'f'.repeat(32) }), reason('signature_invalid'));
  add(
    'passport-id-altered',
    'another passport',
    altered({ passport_id: `asp_${'1'.repeat(32)}` }),
    reason('signature_invalid'),
  );
  add('timestamp-altered', 'another time', altered({ timestamp: shifted(-1000) }), reason('signature_invalid'));

  const claimed = async (name, about, claims, expected, more) =>
    add(name, about, await signAnything(key, MESSAGE, claims), expected, more);
  const now = new Date().toISOString().slice(0, 19);
  await claimed('four-minutes-old', 'within the window', { timestamp: shifted(-240_000) }, OK);
  await claimed(
    'seven-minutes-old',
    'before the window',
    { timestamp: shifted(-420_000) },
    reason('timestamp_too_old'),
  );
  await claimed(
    'two-minutes-ahead',
    'the future has a tolerance of its own here',
    { timestamp: shifted(120_000) },
    reason('timestamp_in_future'),
  );
  await claimed('nine-digits-of-fraction', 'nanoseconds', { timestamp: `${now}.123456789Z` }, OK);
  await claimed('time-zone-offset', 'an offset for Z', { timestamp: `${now}+00:00` }, reason('timestamp_malformed'));
  await claimed(
    'space-for-t',
    'a space for T',
    { timestamp: `${now.replace('T', ' ')}Z` },
    reason('timestamp_malformed'),
  );
  await claimed('no-time-zone', 'no zone at all', { timestamp: now }, reason('timestamp_malformed'));
  await claimed(
    'basic-format',
    'ISO 8601 without separators',
    { timestamp: `${now.replace(/[-:]/g, '')}Z` },
    reason('timestamp_malformed'),
  );
  await claimed('no-timestamp', 'no time at all', { timestamp: 'now' }, reason('timestamp_malformed'));
  await claimed(
    'other-passport-id',
    'an id of another form',
    { passport_id: 'agent-1' },
    reason('envelope_malformed'),
    {
      expected_with_any_passport_id: OK,
    },
  );
  await claimed(
    'upper-case-nonce',
    'a nonce in capitals',
    { nonce: '00112233445566778899AABBCCDDEEFF' },
    reason('envelope_malformed'),
  );
  await claimed('short-nonce', 'a nonce of eight bytes', { nonce: '0011223344556677' }, reason('envelope_malformed'));

  const signed = async (name, about, message, expected, more) =>
    add(name, about, await signAnything(key, message, {}), expected, more);
  await signed(
    'params-array',
    'JSON-RPC allows it, the Model Context Protocol does not',
    { ...MESSAGE, params: [1, 2] },
    reason('container_not_object'),
  );
  await signed(
    'method-and-result',
    'request and response at once',
    { ...MESSAGE, result: {} },
    reason('message_kind_ambiguous'),
  );
  await signed('neither-kind', 'no kind of message', { jsonrpc: '2.0', id: 1 }, reason('message_kind_ambiguous'));
  const duplicated = JSON.stringify(plain).replace('"method":', '"id":7,"id":24,"method":');
  add('duplicate-member', 'the first of two is seen by some parsers, the last by others', duplicated, OK, {
    expected_from_text: { code: 'json_duplicate_key' },
  });

  const bound = await signAnything(key, MESSAGE, { channel_binding: 'exporter-1' });
  // The binding is known to both sides and never sent.
  const bare = { ...bound, mcps: { ...bound.mcps, channel_binding: undefined } };
  add('channel-binding', 'both sides know the same', bare, OK, { channel_binding: 'exporter-1' });
  add('channel-binding-other', 'the verifier is on another channel', bare, reason('signature_invalid'), {
    channel_binding: 'exporter-2',
  });
  add('channel-binding-unknown', 'the verifier knows none', bare, reason('signature_invalid'));
  add('channel-binding-not-signed', 'the signer knew none', plain, reason('signature_invalid'), {
    channel_binding: 'exporter-1',
  });
  add(
    'channel-binding-empty',
    'an empty one protects nothing',
    plain,
    { code: 'option_invalid' },
    { channel_binding: '' },
  );

  const inMeta = await signMessage(MESSAGE, { passportId: PASSPORT_ID, key, carrier: 'meta' });
  add('carried-in-meta', 'our second carrier, which published peers do not know', inMeta.message, OK);
  return rows;
}
