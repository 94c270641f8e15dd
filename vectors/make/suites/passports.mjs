import { Buffer } from 'node:buffer';
import { Suite } from '../suite.mjs';
import { ANCHORS, DAY, KEYS, NOW, at, canonicalize, id, passport } from '../world.mjs';

const suite = new Suite({
  slug: 'passports',
  layer: 'protocol',
  description: 'Passports without a chain, verified at `now` against `anchors` (key names in keys.json).',
  input: {
    required: ['passport', 'anchors', 'now'],
    properties: {
      passport: {},
      anchors: { type: 'array' },
      now: { type: 'integer' },
      expectedOrigin: { type: 'string' },
      expectedPassportId: { type: 'string' },
    },
    additionalProperties: false,
  },
});
export default suite;

const input = (document, extra) => ({ passport: document, anchors: ANCHORS, now: NOW, ...extra });
const ok = (name, title, rule, document, outputs, extra = {}) =>
  suite.accept(name, title, rule, input(document, extra), outputs);
const no = (name, title, rule, document, reason, extra = {}) =>
  suite.reject(name, title, rule, input(document, extra), reason);
const good = passport();
const sizeOf = (document) => Buffer.byteLength(canonicalize(document));
const filled = (bytes) => {
  const empty = passport({ scan: { fill: '' } });
  return passport({ scan: { fill: 'x'.repeat(bytes - sizeOf(empty)) } });
};

ok('anchored', 'a passport signed by an anchor', 'A passport of a configured authority is anchored.', good, {
  standing: 'anchored',
  staticLevel: 2,
});
ok(
  'self',
  'a self-signed passport',
  'Whoever vouches for itself is level 0, whatever it claims.',
  passport({ issuer: 'self', trust_level: 4 }, 'agent'),
  { standing: 'self-signed', staticLevel: 0 },
);
ok(
  'self-unsigned',
  'an unsigned passport of its own',
  'The published quick start leaves its passport unsigned: level 0.',
  passport({ issuer: 'self', trust_level: 0 }, null),
  { standing: 'self-signed', staticLevel: 0 },
);
ok(
  'no-issuer',
  'a passport without an issuer',
  'No issuer is the same as self.',
  passport({ issuer: undefined, trust_level: 3 }, 'agent'),
  { standing: 'self-signed', staticLevel: 0 },
);
ok(
  'unknown',
  'a passport of an unknown authority',
  'An issuer that nobody configured is level 0, and is told apart from self-signed.',
  passport({ issuer: 'elsewhere.mcps.test' }, 'stranger'),
  { standing: 'unknown-anchor', staticLevel: 0 },
);
ok(
  'size-limit',
  'exactly 8,192 bytes',
  'The limit includes itself; UTF-8 bytes of the RFC 8785 form count.',
  filled(8192),
  { standing: 'anchored', staticLevel: 2 },
);
ok(
  'capabilities-limit',
  '64 capabilities',
  'There are at most 64 capabilities.',
  passport({ agent: { name: 'agent', version: '1.0.0', capabilities: Array.from({ length: 64 }, (_, n) => `c${n}`) } }),
  { standing: 'anchored', staticLevel: 2 },
);
ok(
  'rotated',
  'a passport that replaces a key',
  'key_rotation names the old key by its hash.',
  passport({ key_rotation: { previous_key_hash: 'ab'.repeat(32), rotated_at: at(-DAY) } }),
  { standing: 'anchored', staticLevel: 2 },
);
ok('scan-null', 'scan results that are null', 'Published writers add scan: null.', passport({ scan: null }), {
  standing: 'anchored',
  staticLevel: 2,
});
ok(
  'microseconds',
  'times with microseconds',
  'Published writers emit microseconds.',
  passport({ issued_at: '2026-02-28T12:00:00.123456Z' }),
  { standing: 'anchored', staticLevel: 2 },
);
ok(
  'origin',
  'bound to the expected origin',
  'Scheme, host and port agree.',
  passport({ origin: 'https://tools.example' }),
  { standing: 'anchored', staticLevel: 2 },
  { expectedOrigin: 'https://tools.example' },
);
ok(
  'origin-default-port',
  'the default port written out',
  'The default port of a scheme is the same as none.',
  passport({ origin: 'https://tools.example:443' }),
  { standing: 'anchored', staticLevel: 2 },
  { expectedOrigin: 'https://tools.example' },
);
ok(
  'just-issued',
  'issued a minute ahead',
  'Clocks differ by up to the tolerance.',
  passport({ issued_at: at(60_000) }),
  { standing: 'anchored', staticLevel: 2 },
);
ok(
  'last-millisecond',
  'in its last millisecond',
  'A passport is valid until the instant of its expiry.',
  passport({ expires_at: at(1) }),
  { standing: 'anchored', staticLevel: 2 },
);

no(
  'forged',
  'signed by somebody else in the name of an anchor',
  'A configured name with another key is a forgery, not an unknown authority.',
  passport({}, 'stranger'),
  'passport_signature_invalid',
);
no('unsigned', 'not signed at all', 'A passport of an authority is signed.', passport({}, null), 'passport_malformed');
no(
  'raised',
  'a level raised after signing',
  'The level is signed.',
  { ...good, trust_level: 4 },
  'passport_signature_invalid',
);
no(
  'renamed',
  'a name changed after signing',
  'The agent is signed.',
  { ...good, agent: { ...good.agent, name: 'admin' } },
  'passport_signature_invalid',
);
no(
  'other-key',
  'a key replaced after signing',
  'The key is signed.',
  { ...good, public_key: KEYS.stranger.publicJwk },
  'passport_signature_invalid',
);
no(
  'prolonged',
  'an expiry moved after signing',
  'The expiry is signed.',
  { ...good, expires_at: at(2 * DAY) },
  'passport_signature_invalid',
);
no(
  'self-forged',
  'a self-signed passport with a bad signature',
  'A bad signature is refused, also where a good one would be worth nothing.',
  passport({ issuer: 'self' }, 'stranger'),
  'passport_signature_invalid',
);
no(
  'expired',
  'expired',
  'From the instant of its expiry on a passport is expired.',
  passport({ expires_at: at(0) }),
  'passport_expired',
);
no(
  'not-yet',
  'issued in the future',
  'A passport is not valid before it is issued, but for the tolerance.',
  passport({ issued_at: at(60_001) }),
  'passport_not_yet_valid',
);
no(
  'origin-host',
  'bound to another host',
  'The host agrees.',
  passport({ origin: 'https://other.example' }),
  'origin_mismatch',
  { expectedOrigin: 'https://tools.example' },
);
no(
  'origin-scheme',
  'bound to another scheme',
  'The scheme agrees.',
  passport({ origin: 'http://tools.example' }),
  'origin_mismatch',
  { expectedOrigin: 'https://tools.example' },
);
no(
  'origin-port',
  'bound to another port',
  'The port agrees.',
  passport({ origin: 'https://tools.example:8443' }),
  'origin_mismatch',
  { expectedOrigin: 'https://tools.example' },
);
no(
  'origin-prefix',
  'bound to a host that begins the same',
  'Hosts are compared whole.',
  passport({ origin: 'https://tools.example.evil.test' }),
  'origin_mismatch',
  { expectedOrigin: 'https://tools.example' },
);
no(
  'origin-none',
  'bound to no origin where one is expected',
  'Where an origin is expected, none is not any.',
  good,
  'origin_mismatch',
  { expectedOrigin: 'https://tools.example' },
);
no('other-id', 'another id than the envelope named', 'The passport is that of the id.', good, 'passport_id_mismatch', {
  expectedPassportId: id('b'),
});
no('too-large', '8,193 bytes', 'A passport has at most 8,192 bytes.', filled(8193), 'passport_too_large');
no('text', 'a string', 'A passport is an object.', '"passport"', 'passport_malformed');
no('array', 'an array', 'An array is no object.', [good], 'passport_malformed');
no('no-id', 'without an id', 'The id is required.', passport({ passport_id: undefined }), 'passport_malformed');
no(
  'short-id',
  'an id that is too short',
  'An id is asp_ and 32 hex characters.',
  passport({ passport_id: 'asp_abc123' }),
  'passport_malformed',
);
no(
  'no-version',
  'without a version',
  'The version is required.',
  passport({ mcps_version: undefined }),
  'passport_malformed',
);
no(
  'other-version',
  'of another version',
  'The format is 1.0.',
  passport({ mcps_version: '2.0' }),
  'passport_malformed',
);
no('no-agent', 'without an agent', 'The agent is required.', passport({ agent: undefined }), 'passport_malformed');
no(
  'agent-name',
  'an agent whose name is empty',
  'An agent has a name.',
  passport({ agent: { name: '', version: '1', capabilities: [] } }),
  'passport_malformed',
);
no(
  'agent-extra',
  'an agent with one more member',
  'Members are exact.',
  passport({ agent: { name: 'a', version: '1', capabilities: [], role: 'admin' } }),
  'passport_malformed',
);
no(
  'capabilities-65',
  '65 capabilities',
  'There are at most 64.',
  passport({ agent: { name: 'agent', version: '1.0.0', capabilities: Array.from({ length: 65 }, (_, n) => `c${n}`) } }),
  'passport_malformed',
);
no(
  'capabilities-number',
  'a capability that is a number',
  'Capabilities are strings.',
  passport({ agent: { name: 'agent', version: '1', capabilities: [1] } }),
  'passport_malformed',
);
no('level-5', 'level 5', 'Levels go from 0 to 4.', passport({ trust_level: 5 }), 'passport_malformed');
no('level-text', 'a level as a string', 'A level is a number.', passport({ trust_level: '2' }), 'passport_malformed');
no('level-fraction', 'level 1.5', 'A level is whole.', passport({ trust_level: 1.5 }), 'passport_malformed');
no(
  'extra',
  'one more member',
  'What is ours goes into ext; other members are refused, signed or not.',
  passport({ admin: true }),
  'passport_malformed',
);
no(
  'ext-extra',
  'one more member in ext',
  'ext has exactly its members.',
  passport({ ext: { admin: true } }),
  'passport_malformed',
);
no(
  'no-key',
  'without a key',
  'Without a key nobody can sign under it.',
  passport({ public_key: null }),
  'passport_key_invalid',
);
no(
  'key-off-curve',
  'a key that is not on the curve',
  'The key is a point on P-256.',
  passport({ public_key: { ...KEYS.agent.publicJwk, x: 'A'.repeat(43) } }),
  'passport_key_invalid',
);
no(
  'private-key',
  'a private key',
  'A passport holds the public half only.',
  passport({ public_key: KEYS.agent.privateJwk }),
  'passport_malformed',
);
no(
  'bad-time',
  'an expiry that is no time',
  'Times follow the grammar.',
  passport({ expires_at: 'tomorrow' }),
  'passport_malformed',
);
no(
  'reversed',
  'an expiry before its issue',
  'A passport ends after it begins.',
  passport({ issued_at: at(-DAY), expires_at: at(-2 * DAY) }),
  'passport_malformed',
);
no(
  'signature-text',
  'a signature that is no base64',
  'A signature is base64 of 64 bytes.',
  { ...good, signature: 'none' },
  'passport_malformed',
);
const ISSUING = { depth: 0, level: 1, capabilities: [] };
no(
  'control-character',
  'a name with a line feed',
  'Texts hold no control characters: a name would forge lines in a log.',
  passport({ agent: { name: 'agent\nadmin', version: '1.0.0', capabilities: [] } }),
  'passport_malformed',
);
no(
  'name-257',
  'a name of 257 characters',
  'Texts have at most 256 characters.',
  passport({ agent: { name: 'x'.repeat(257), version: '1.0.0', capabilities: [] } }),
  'passport_malformed',
);
no(
  'no-capabilities',
  'an agent without a list of capabilities',
  'What an agent can do is said, also where it is nothing.',
  passport({ agent: { name: 'agent', version: '1.0.0' } }),
  'passport_malformed',
);
no(
  'no-origin',
  'without a member origin',
  'A passport that is bound to no origin says so with null.',
  passport({ origin: undefined }),
  'passport_malformed',
);
no(
  'no-chain',
  'without a member issuer_chain',
  'The chain is there, empty or not, as it is signed.',
  passport({ issuer_chain: undefined }),
  'passport_malformed',
);
no(
  'equal-times',
  'an expiry at the instant of its issue',
  'A passport is valid for some time.',
  passport({ issued_at: at(-DAY), expires_at: at(-DAY) }),
  'passport_malformed',
);
no(
  'short-signature',
  'a signature of 63 bytes',
  'A signature has 64 bytes, whatever it says.',
  { ...good, signature: Buffer.from(good.signature, 'base64').subarray(0, 63).toString('base64') },
  'passport_malformed',
);
no(
  'rotation-hash',
  'a rotation with a hash that is none',
  'The replaced key is named by 64 hex digits.',
  passport({ key_rotation: { previous_key_hash: 'ab', rotated_at: at(-DAY) } }),
  'passport_malformed',
);
no(
  'scan-text',
  'scan results that are a string',
  'Scan results are an object or null.',
  passport({ scan: 'clean' }),
  'passport_malformed',
);
no(
  'issuing-depth-5',
  'a right of depth 5',
  'Below an issuer there are at most four more.',
  passport({ ext: { issuing: { ...ISSUING, depth: 5 } } }),
  'passport_malformed',
);
no(
  'issuing-no-level',
  'a right without a level',
  'A right says all three of its bounds.',
  passport({ ext: { issuing: { depth: 0, capabilities: [] } } }),
  'passport_malformed',
);
no(
  'min-version-form',
  'a lowest version of one number',
  'A lowest version is two numbers.',
  passport({ ext: { min_version: '1' } }),
  'passport_malformed',
);
no(
  'status-index-negative',
  'a negative place in a list',
  'Places count from 0.',
  passport({ ext: { status_index: -1 } }),
  'passport_malformed',
);
no(
  'evidence-malformed',
  'evidence without a result',
  'Evidence that is malformed is a fault of its passport.',
  passport({ ext: { evidence: [{ type: 'scan', issuer: 'authority.mcps.test' }] } }),
  'passport_malformed',
);
no(
  'self-key-off-curve',
  'a self-signed passport whose key is not on the curve',
  'The key is checked for every standing.',
  passport({ issuer: 'self', trust_level: 0, public_key: { ...KEYS.agent.publicJwk, x: 'A'.repeat(43) } }, null),
  'passport_key_invalid',
);
no(
  'origin-user',
  'an origin with a user name',
  'A URL that can be read in two ways matches nothing.',
  passport({ origin: 'https://tools.example@evil.example' }),
  'origin_mismatch',
  { expectedOrigin: 'https://evil.example' },
);
