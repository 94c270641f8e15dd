import { Suite } from '../suite.mjs';
import { ANCHORS, CALL, DAY, NOW, at, envelope, id, nonce, passport } from '../world.mjs';

const suite = new Suite({
  slug: 'order-of-checks',
  layer: 'protocol',
  description:
    'Messages with two faults, put to a server that keeps no session (key `server`, passport id asp_bbbb…, least level `minTrustLevel`, status source `status` or none): the fault that stands first in the order of checks decides. `before` are messages that it has accepted already.',
  input: {
    required: ['message', 'anchors', 'now', 'minTrustLevel'],
    properties: {
      message: {},
      before: { type: 'array' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
      minTrustLevel: { type: 'integer' },
      status: { enum: ['good', 'unknown', 'revoked'] },
      rateLimit: { type: 'object' },
      expectedOrigin: { type: 'string' },
    },
    additionalProperties: false,
  },
});
export default suite;

const context = { audience: id('b'), direction: 'client' };
/** A complete message of the profile, signed as asked. */
function message(options = {}) {
  const { document = passport(), members = {}, header = {}, call = CALL, wire = {} } = options;
  const meta = {
    'dev.mcps/context': context,
    'dev.mcps/passport': { passport: document },
    'dev.mcps/created': ['_meta'],
    ...members,
  };
  for (const [name, value] of Object.entries(meta)) if (value === undefined) delete meta[name];
  const signed = { ...call, params: { ...call.params, _meta: meta } };
  return { ...signed, mcps: { ...envelope(signed, header), ...wire } };
}
const input = (value, extra = {}) => ({ message: value, anchors: ANCHORS, now: NOW, minTrustLevel: 1, ...extra });
const no = (name, title, rule, value, reason, extra) => suite.reject(name, title, rule, input(value, extra), reason);
const broken = { header: { key: 'stranger' } };
const stale = { timestamp: at(-300_001) };
const expired = passport({ issued_at: at(-2 * DAY), expires_at: at(0) });

suite.accept('none', 'no fault', 'A message without a fault is accepted.', input(message()));
no(
  'shape-version',
  'two kinds, and an unknown version',
  'Shape comes before version.',
  { ...message({ wire: { version: '9.9' } }), result: {} },
  'message_kind_ambiguous',
);
no(
  'shape-time',
  'a malformed nonce, and too old',
  'Shape comes before time.',
  message({ header: stale, wire: { nonce: 'x' } }),
  'envelope_malformed',
);
no(
  'version-time',
  'an unknown version, and too old',
  'Version comes before time.',
  message({ header: stale, wire: { version: '9.9' } }),
  'version_unsupported',
);
no(
  'time-passport',
  'too old, and an expired passport',
  'Time comes before the passport.',
  message({ header: stale, document: expired }),
  'timestamp_too_old',
);
no(
  'time-signature',
  'too old, and a bad signature',
  'Time comes before the signature.',
  message({ header: { ...stale, key: 'stranger' } }),
  'timestamp_too_old',
);
no(
  'size-shape',
  'a passport that is too large, and malformed',
  'Of a passport, size comes before shape.',
  message({ document: { ...passport(), admin: 'x'.repeat(9000) } }),
  'passport_too_large',
);
no(
  'shape-depth',
  'a malformed passport with six issuers',
  'Of a passport, shape comes before depth.',
  message({ document: { ...passport(), admin: true, issuer_chain: ['', '', '', '', '', ''] } }),
  'passport_malformed',
);
no(
  'depth-expiry',
  'six issuers, and expired',
  'Of a passport, depth comes before expiry.',
  message({
    document: passport({
      issued_at: at(-2 * DAY),
      expires_at: at(0),
      issuer_chain: ['AAAA', 'AAAA', 'AAAA', 'AAAA', 'AAAA', 'AAAA'],
    }),
  }),
  'chain_too_deep',
);
no(
  'expiry-origin',
  'expired, and of another origin',
  'Of a passport, expiry comes before origin.',
  message({ document: expired }),
  'passport_expired',
  { expectedOrigin: 'https://tools.example' },
);
no(
  'origin-chain',
  'of another origin, and forged',
  'Of a passport, origin comes before the chain.',
  message({ document: passport({}, 'stranger') }),
  'origin_mismatch',
  { expectedOrigin: 'https://tools.example' },
);
no(
  'chain-key',
  'forged, and without a key',
  'Of a passport, the chain comes before the key.',
  message({ document: passport({ public_key: null }, 'stranger') }),
  'passport_signature_invalid',
);
no(
  'passport-signature',
  'an expired passport, and a bad signature',
  'The passport comes before the signature.',
  message({ ...broken, document: expired }),
  'passport_expired',
);
no(
  'unknown-signature',
  'no passport, and a bad signature',
  'Without a passport there is no key to verify with.',
  message({ ...broken, members: { 'dev.mcps/passport': undefined } }),
  'unknown_passport',
);
no(
  'signature-session',
  'a bad signature, and for another server',
  'The signature comes before the session.',
  message({ ...broken, members: { 'dev.mcps/context': { ...context, audience: id('c') } } }),
  'signature_invalid',
);
no(
  'session-level',
  'for another server, and of too low a level',
  'The session comes before the level.',
  message({
    document: passport({ issuer: 'self' }, 'agent'),
    members: { 'dev.mcps/context': { ...context, audience: id('c') } },
  }),
  'audience_mismatch',
);
no(
  'direction-audience',
  'in the other direction, and for another server',
  'Of a context, direction comes before audience.',
  message({ members: { 'dev.mcps/context': { audience: id('c'), direction: 'server' } } }),
  'direction_reflected',
);
no(
  'level-revocation',
  'of too low a level, and revoked',
  'The static level comes before revocation: nobody is asked about a message that is refused anyway.',
  message({ document: passport({ trust_level: 0 }) }),
  'level_insufficient',
  { status: 'revoked' },
);
no('rate-nonce', 'over the rate, and sent before', 'The rate comes before the nonce.', message(), 'rate_limited', {
  before: [message()],
  rateLimit: { perSecond: 0.001, burst: 1 },
});
no(
  'nonce-revocation',
  'sent before, and revoked since',
  'The nonce comes before revocation.',
  message(),
  'nonce_repeated',
  { before: [message()] },
);
no(
  'revocation-level',
  'revoked, and of too low a level without a status',
  'Revocation comes before the effective level.',
  message(),
  'passport_revoked',
  { minTrustLevel: 2, status: 'revoked' },
);
no(
  'status-level',
  'no status where level 2 is asked for',
  'Silence of the authority is told apart from too low a level.',
  message(),
  'status_unavailable',
  { minTrustLevel: 2, status: 'unknown' },
);
no(
  'issuing-signature',
  'a passport that may issue, and a bad signature',
  'A key that issues passports signs no messages, whoever sends them.',
  message({ ...broken, document: passport({ ext: { issuing: { depth: 0, level: 1, capabilities: [] } } }) }),
  'passport_is_issuing',
);
no(
  'unsigned-reserved',
  'no envelope, and members of the profile left behind',
  'Where a signature is due, its absence comes before what was left behind without it.',
  { ...message(), mcps: undefined },
  'envelope_missing',
);
no(
  'version-profile',
  'an unknown version, and a malformed member of the profile',
  'The version decides what the members are, so it comes before them.',
  message({ wire: { version: '9.9' }, members: { 'dev.mcps/context': 'client' } }),
  'version_unsupported',
);
no(
  'profile-time',
  'a malformed member of the profile, and too old',
  'The members of the profile come before time.',
  message({ header: stale, members: { 'dev.mcps/context': 'client' } }),
  'profile_malformed',
);
suite.accept(
  'min-version-met',
  'a passport whose lowest version is the one spoken',
  'A lowest version is met by itself.',
  input(message({ document: passport({ ext: { min_version: '1.0' } }) })),
);
no(
  'min-version-session',
  'a version below the lowest of the passport, and for another server',
  'Whoever never speaks a lower version has been talked down, which comes before where the message belongs.',
  message({
    document: passport({ ext: { min_version: '1.1' } }),
    members: { 'dev.mcps/context': { ...context, audience: id('c') } },
  }),
  'downgrade',
);
no(
  'conflict-signature',
  'another passport under a known id, and a bad signature',
  'Of two passports with one id the first stays, and the other is refused with the passport.',
  message({ ...broken, document: passport({ trust_level: 1 }) }),
  'passport_id_conflict',
  { before: [message()] },
);
no(
  'context-retry',
  'for another server, and a repetition of itself',
  'Where a message belongs comes before what it repeats.',
  message({ members: { 'dev.mcps/context': { ...context, audience: id('c') }, 'dev.mcps/retry_of': nonce(1) } }),
  'audience_mismatch',
);
no(
  'retry-level',
  'a repetition of itself, and of too low a level',
  'A repetition names another nonce than its own.',
  message({ document: passport({ trust_level: 0 }), members: { 'dev.mcps/retry_of': nonce(1) } }),
  'retry_invalid',
);
no(
  'retry-used',
  'a repetition of a message that was accepted',
  'Of the two tries of a call at most one is carried out.',
  message({ header: { nonce: nonce(2) }, members: { 'dev.mcps/retry_of': nonce(1) } }),
  'nonce_repeated',
  { before: [message()] },
);
no(
  'first-after-retry',
  'a message whose repetition was accepted',
  'A repetition uses up the nonce of its first try as well.',
  message(),
  'nonce_repeated',
  { before: [message({ header: { nonce: nonce(2) }, members: { 'dev.mcps/retry_of': nonce(1) } })] },
);
no(
  'answer-unbound',
  'an answer that nobody has asked for',
  'An answer is bound to a request.',
  (() => {
    const members = { 'dev.mcps/context': context, 'dev.mcps/passport': { passport: passport() } };
    const signed = { jsonrpc: '2.0', id: 1, result: { _meta: { ...members, 'dev.mcps/created': ['_meta'] } } };
    return { ...signed, mcps: envelope(signed) };
  })(),
  'reply_unbound',
);
