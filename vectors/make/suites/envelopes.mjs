import { Buffer } from 'node:buffer';
import { Suite } from '../suite.mjs';
import { ORDER, base64, highS, signBytes, utf8, withS } from '../signatures.mjs';
import {
  CALL,
  ERROR,
  KEYS,
  NOTE,
  NOW,
  RESULT,
  at,
  canonicalize,
  envelope,
  id,
  messageHashOf,
  replyDigest,
  topLevel,
} from '../world.mjs';

const suite = new Suite({
  slug: 'envelopes',
  layer: 'protocol',
  description:
    'Messages with an envelope in the published top-level form, verified with `key` (a name in keys.json) at `now` (milliseconds since the Unix epoch). Where `tagged` is true, the message holds tagged values as in the suite canonical-json.',
  input: {
    required: ['message', 'key', 'now'],
    properties: {
      message: {},
      key: { type: 'string' },
      now: { type: 'integer' },
      channelBinding: { type: 'string' },
      requireLowS: { type: 'boolean' },
      tagged: { type: 'boolean' },
    },
    additionalProperties: false,
  },
});
export default suite;

const input = (message, extra = {}) => ({ message, key: 'agent', now: NOW, ...extra });
const ok = (name, title, rule, plain, message, extra) =>
  suite.accept(name, title, rule, input(message, extra), {
    messageHash: messageHashOf(plain),
    replyDigest: replyDigest(plain, message.mcps),
  });
const no = (name, title, rule, message, reason, extra) =>
  suite.reject(name, title, rule, input(message, extra), reason);
const signed = topLevel(CALL);
const withField = (field, value) => ({ ...signed, mcps: { ...signed.mcps, [field]: value } });
const without = (field) => {
  const rest = Object.fromEntries(Object.entries(signed.mcps).filter(([name]) => name !== field));
  return { ...signed, mcps: rest };
};

ok(
  'request',
  'a signed request',
  'The signature is over message_hash, nonce, passport_id and timestamp.',
  CALL,
  signed,
);
ok('notification', 'a signed notification', 'Notifications are signed as requests are.', NOTE, topLevel(NOTE));
ok('result', 'a signed result', 'Results are signed.', RESULT, topLevel(RESULT));
ok('error', 'a signed error', 'Errors are signed.', ERROR, topLevel(ERROR));
ok(
  'unknown-member',
  'an unknown member in the envelope',
  'Members of the envelope that nobody knows do not break it in 1.0.',
  CALL,
  { ...signed, mcps: { ...signed.mcps, later: true } },
);
ok(
  'member-order',
  'members in another order',
  'The order of members means nothing.',
  CALL,
  Object.fromEntries(Object.entries(signed).reverse()),
);
ok('window-edge', 'as old as may be', 'The window includes its edge: 300,000 ms.', CALL, signed, {
  now: NOW + 300_000,
});
ok('future-edge', 'as far ahead as may be', 'The tolerance includes its edge: 60,000 ms.', CALL, signed, {
  now: NOW - 60_000,
});
ok(
  'channel-binding',
  'a channel binding that both sides give',
  'A channel binding is part of what is signed.',
  CALL,
  topLevel(CALL, { channelBinding: 'tls-exporter:abc' }),
  { channelBinding: 'tls-exporter:abc' },
);
ok(
  'high-s',
  'a signature in its high-S form',
  'High S is accepted by default.',
  CALL,
  withField('signature', base64(highS(Buffer.from(signed.mcps.signature, 'base64')))),
);
ok(
  'microseconds',
  'a timestamp with microseconds',
  'The timestamp is signed as it is written.',
  CALL,
  topLevel(CALL, { timestamp: '2026-03-01T12:00:00.123456Z' }),
);
ok(
  'astral-text',
  'text beyond the BMP',
  'The message is hashed in its RFC 8785 form.',
  { ...CALL, params: { ...CALL.params, arguments: { '\u{1f600}': '\ue000' } } },
  topLevel({ ...CALL, params: { ...CALL.params, arguments: { '\u{1f600}': '\ue000' } } }),
);

no(
  'tampered-argument',
  'a changed argument',
  'Any change to the message breaks the signature.',
  { ...signed, params: { name: 'echo', arguments: { text: 'goodbye' } } },
  'signature_invalid',
);
no(
  'tampered-method',
  'a changed method',
  'The method is signed.',
  { ...signed, method: 'tools/list' },
  'signature_invalid',
);
no(
  'tampered-id',
  'a changed id',
  'The id is signed, so answers cannot be swapped by it.',
  { ...signed, id: 2 },
  'signature_invalid',
);
no(
  'id-type',
  'the id as a string',
  'The id 1 and the id "1" are different.',
  { ...signed, id: '1' },
  'signature_invalid',
);
no(
  'added-member',
  'a member added to the message',
  'Nothing can be added.',
  { ...signed, extra: true },
  'signature_invalid',
);
no(
  'removed-member',
  'a member taken out of the message',
  'Nothing can be taken out.',
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' }, mcps: signed.mcps },
  'signature_invalid',
);
no(
  'empty-params',
  'empty params added',
  'Absent and empty are different.',
  { ...topLevel({ jsonrpc: '2.0', id: 1, method: 'tools/list' }), params: {} },
  'signature_invalid',
);
no(
  'other-nonce',
  'another nonce',
  'The nonce is signed.',
  withField('nonce', '0'.repeat(31) + '2'),
  'signature_invalid',
);
no(
  'other-timestamp',
  'another timestamp',
  'The timestamp is signed.',
  withField('timestamp', at(1)),
  'signature_invalid',
);
no(
  'same-instant',
  'the same instant written otherwise',
  'The timestamp is signed as it is written, not as an instant.',
  withField('timestamp', '2026-03-01T12:00:00Z'),
  'signature_invalid',
);
no(
  'other-passport',
  'another passport id',
  'The passport id is signed.',
  withField('passport_id', id('b')),
  'signature_invalid',
);
no(
  'wrong-key',
  'a signature by another key',
  'The signature is by the key of the passport.',
  topLevel(CALL, { key: 'stranger' }),
  'signature_invalid',
);
no(
  'other-message',
  'the envelope of another message',
  'An envelope belongs to one message.',
  { ...CALL, mcps: envelope({ ...CALL, id: 7 }) },
  'signature_invalid',
);
no(
  'binding-missing',
  'a channel binding that only the verifier gives',
  'Both sides give the same binding.',
  signed,
  'signature_invalid',
  { channelBinding: 'tls-exporter:abc' },
);
no(
  'binding-surplus',
  'a channel binding that only the signer gave',
  'A binding is not optional for one side.',
  topLevel(CALL, { channelBinding: 'tls-exporter:abc' }),
  'signature_invalid',
);
no(
  'binding-differs',
  'another channel binding',
  'The binding is that of this channel.',
  topLevel(CALL, { channelBinding: 'tls-exporter:abc' }),
  'signature_invalid',
  { channelBinding: 'tls-exporter:abd' },
);
no(
  'high-s-strict',
  'high S where low is asked for',
  'The strict option refuses high S.',
  withField('signature', base64(highS(Buffer.from(signed.mcps.signature, 'base64')))),
  'signature_high_s',
  { requireLowS: true },
);
no(
  'signed-without-hash',
  'a signature over the message itself',
  'What is signed holds the hash of the message and not the message.',
  withField('signature', base64(signBytes(KEYS.agent, utf8(canonicalize(CALL))))),
  'signature_invalid',
);
no(
  'no-envelope',
  'a message without an envelope',
  'Where a signature is due, none is no signature.',
  CALL,
  'envelope_missing',
);
no(
  'null-envelope',
  'an envelope that is null',
  'A present envelope is never "unsigned".',
  { ...CALL, mcps: null },
  'envelope_malformed',
);
no(
  'text-envelope',
  'an envelope that is a string',
  'An envelope is an object.',
  { ...CALL, mcps: '1.0' },
  'envelope_malformed',
);
no(
  'array-envelope',
  'an envelope that is an array',
  'An array is no object.',
  { ...CALL, mcps: [] },
  'envelope_malformed',
);
no('no-version', 'an envelope without a version', 'The version is required.', without('version'), 'envelope_malformed');
no(
  'number-version',
  'a version that is a number',
  'The version is a string.',
  withField('version', 1),
  'envelope_malformed',
);
no(
  'other-version',
  'a version that does not exist',
  'What a version signs is known or the message is refused.',
  withField('version', '9.9'),
  'version_unsupported',
);
no(
  'earlier-version',
  'the version of an earlier format',
  '"1.0.0" names another format; it is not read as 1.0.',
  withField('version', '1.0.0'),
  'version_unsupported',
);
no(
  'no-passport',
  'an envelope without a passport id',
  'Who signed is said.',
  without('passport_id'),
  'envelope_malformed',
);
no(
  'short-passport',
  'a passport id that is too short',
  'A passport id is asp_ and 32 hex characters.',
  withField('passport_id', 'asp_abc123'),
  'envelope_malformed',
);
no(
  'upper-passport',
  'a passport id in upper case',
  'Hex is in lower case.',
  withField('passport_id', `asp_${'A'.repeat(32)}`),
  'envelope_malformed',
);
no(
  'no-nonce',
  'an envelope without a nonce',
  'Without a nonce a replay cannot be told.',
  without('nonce'),
  'envelope_malformed',
);
no(
  'short-nonce',
  'a nonce of 15 bytes',
  'A nonce has 16 bytes.',
  withField('nonce', '0'.repeat(30)),
  'envelope_malformed',
);
no(
  'upper-nonce',
  'a nonce in upper case',
  'A nonce has one spelling.',
  withField('nonce', 'A'.repeat(32)),
  'envelope_malformed',
);
no('no-timestamp', 'an envelope without a timestamp', 'Time is said.', without('timestamp'), 'envelope_malformed');
no(
  'number-timestamp',
  'a timestamp that is a number',
  'A timestamp is a string.',
  withField('timestamp', NOW),
  'envelope_malformed',
);
no(
  'bad-timestamp',
  'a timestamp that cannot be read',
  'A timestamp follows the grammar.',
  withField('timestamp', 'yesterday'),
  'timestamp_malformed',
);
no(
  'no-signature',
  'an envelope without a signature',
  'An envelope without a signature is not "unsigned".',
  without('signature'),
  'envelope_malformed',
);
no(
  'url-signature',
  'a signature in base64url',
  'A signature is standard base64.',
  withField('signature', signed.mcps.signature.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')),
  'signature_malformed',
);
no(
  'short-signature',
  'a signature of 63 bytes',
  'A signature has 64 bytes.',
  withField('signature', base64(Buffer.from(signed.mcps.signature, 'base64').subarray(0, 63))),
  'signature_malformed',
);
no(
  'zero-signature',
  'a signature of zeros',
  'r and s are at least 1.',
  withField('signature', base64(Buffer.alloc(64))),
  'signature_malformed',
);
no('too-old', 'a millisecond too old', 'Beyond the window nothing is accepted.', signed, 'timestamp_too_old', {
  now: NOW + 300_001,
});
no(
  'too-early',
  'a millisecond too far ahead',
  'Beyond the tolerance nothing is accepted.',
  signed,
  'timestamp_in_future',
  { now: NOW - 60_001 },
);
const nested = (depth) => {
  let value = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
};
/** Half of a surrogate pair, which many JSON parsers cannot read: tagged as in the suite canonical-json. */
const LONE = { $utf16: ['d800'] };
const tagged = { tagged: true };
// The message, its params, then the arguments: two containers of 64 are there already.
const deepest = { ...CALL, params: { name: 'echo', arguments: nested(62) } };
ok(
  'depth-limit',
  'containers as deep as may be',
  'A message has at most 64 containers inside one another, itself counted.',
  deepest,
  topLevel(deepest),
);
no(
  'too-deep',
  'one container deeper',
  'Depth is bounded before anything is hashed.',
  { ...CALL, params: { name: 'echo', arguments: nested(63) }, mcps: signed.mcps },
  'message_too_deep',
);
no(
  'lone-surrogate',
  'half of a surrogate pair in an argument',
  'A message without an RFC 8785 form has no hash.',
  { ...signed, params: { name: 'echo', arguments: { text: LONE } } },
  'message_not_canonical',
  tagged,
);
no(
  'lone-surrogate-version',
  'half of a surrogate pair, and an unknown version',
  'A message has an RFC 8785 form in every version.',
  {
    ...withField('version', '9.9'),
    params: { name: 'echo', arguments: { text: LONE } },
  },
  'message_not_canonical',
  tagged,
);
no(
  'other-version-shape',
  'an unknown version and a nonce of another form',
  'Of a version that nobody knows, nothing but the version is read.',
  { ...signed, mcps: { ...signed.mcps, version: '9.9', nonce: 'x' } },
  'version_unsupported',
);
no(
  'long-timestamp',
  'a timestamp of 65 characters',
  'What is longer than any time is not read as one.',
  withField('timestamp', `2026-03-01T12:00:00.${'0'.repeat(44)}Z`),
  'envelope_malformed',
);
no(
  'surrogate-timestamp',
  'half of a surrogate pair in the timestamp',
  'The members of an envelope are Unicode.',
  withField('timestamp', LONE),
  'envelope_malformed',
  tagged,
);
no(
  'der-signature',
  'a signature in DER',
  'DER is never used on the wire.',
  withField('signature', base64(derOf(Buffer.from(signed.mcps.signature, 'base64')))),
  'signature_malformed',
);
no(
  'order-signature',
  'an s of the order of the group',
  'r and s are below the order of the group.',
  withField('signature', base64(withS(Buffer.from(signed.mcps.signature, 'base64'), ORDER))),
  'signature_malformed',
);

/** ECDSA-Sig-Value of r‖s. */
function derOf(signature) {
  const integer = (half) => {
    const bytes = [...half];
    while (bytes.length > 1 && bytes[0] === 0) bytes.shift();
    if (bytes[0] >= 0x80) bytes.unshift(0);
    return [2, bytes.length, ...bytes];
  };
  const content = [...integer(signature.subarray(0, 32)), ...integer(signature.subarray(32))];
  return Buffer.from([0x30, content.length, ...content]);
}
no(
  'nan',
  'NaN in an argument',
  'A value that JSON does not have is not signed, and not read as null.',
  { ...signed, params: { name: 'echo', arguments: { number: { $number: 'NaN' } } } },
  'message_not_canonical',
  tagged,
);
