import { Buffer } from 'node:buffer';
import { KEYS } from '../keys.mjs';
import { highS, signBytes } from '../signatures.mjs';
import { Suite } from '../suite.mjs';
import {
  ANCHORS,
  DAY,
  NOW,
  NOW_TEXT,
  at,
  base64,
  canonicalize,
  contextBytes,
  id,
  nonce,
  passport,
  utf8,
} from '../world.mjs';

const suite = new Suite({
  slug: 'session-headers',
  layer: 'protocol',
  description:
    'HTTP requests without a body, put to a server (passport id asp_bbbb…, least level `minTrustLevel`, else 1; status source `status` or none) in an established session: `session` is its transcript hash, `passport` the one that the client began it with; both are null where none has begun. `request` is what arrived, `header` the value of its MCPS-Session, null where it has none. `before` are requests that arrived before on the same connection, refused or not. `storeBeganAt` is when a volatile replay store began, long ago where it is absent.',
  input: {
    required: ['header', 'request', 'session', 'passport', 'anchors', 'now'],
    properties: {
      header: { type: ['string', 'null'] },
      request: { $ref: '#/$defs/request' },
      session: { type: ['string', 'null'] },
      passport: { type: ['object', 'null'] },
      anchors: { type: 'array' },
      now: { type: 'integer' },
      before: {
        type: 'array',
        items: {
          type: 'object',
          required: ['header', 'request'],
          properties: { header: { type: 'string' }, request: { $ref: '#/$defs/request' } },
          additionalProperties: false,
        },
      },
      minTrustLevel: { type: 'integer' },
      status: { enum: ['good', 'unknown', 'revoked'] },
      requireLowS: { type: 'boolean' },
      channelBinding: { type: 'string' },
      storeBeganAt: { type: 'integer' },
    },
    additionalProperties: false,
  },
  definitions: {
    request: {
      type: 'object',
      required: ['verb', 'target'],
      properties: {
        verb: { type: 'string' },
        target: { type: 'string' },
        httpSession: { type: 'string' },
        lastEventId: { type: 'string' },
      },
      additionalProperties: false,
    },
  },
});
export default suite;

const SESSION = 'c0'.repeat(32);
const STREAM = { verb: 'GET', target: '/mcp', httpSession: 'session-1' };
const RESUMED = { ...STREAM, lastEventId: 'event-7' };
const END = { ...STREAM, verb: 'DELETE' };

const encoded = (text) => Buffer.from(text, 'utf8').toString('base64url');
const ofEnvelope = (envelope) => encoded(canonicalize(envelope));

/** What the client of the session signs for a request. */
function claimsOf({ verb, target, httpSession, lastEventId }, changed = {}) {
  const claims = {
    audience: id('b'),
    http_session: httpSession,
    last_event_id: lastEventId,
    nonce: nonce(1),
    passport_id: id('a'),
    session: SESSION,
    target,
    timestamp: NOW_TEXT,
    verb,
    ...changed,
  };
  for (const [name, value] of Object.entries(claims)) if (value === undefined) delete claims[name];
  return claims;
}

function envelopeOf(claims, { key = 'agent', bytes = contextBytes('session-header', claims), high = false } = {}) {
  const signature = signBytes(KEYS[key], bytes);
  return {
    version: '1.0',
    passport_id: claims.passport_id,
    nonce: claims.nonce,
    timestamp: claims.timestamp,
    signature: base64(high ? highS(signature) : signature),
  };
}

const headerOf = (request, changed, options) => ofEnvelope(envelopeOf(claimsOf(request, changed), options));
const input = (header, request, extra = {}) => ({
  header,
  request,
  session: SESSION,
  passport: passport(),
  anchors: ANCHORS,
  now: NOW,
  ...extra,
});
const ok = (name, title, rule, header, request, extra) =>
  suite.accept(name, title, rule, input(header, request, extra));
const no = (name, title, rule, header, reason, request = STREAM, extra = {}) =>
  suite.reject(name, title, rule, input(header, request, extra), reason);

const sound = envelopeOf(claimsOf(STREAM));
const header = ofEnvelope(sound);

ok('opened', 'the opening of a stream', 'A GET with the header of its session is admitted.', header, STREAM);
ok('ended', 'the end of a session', 'So is a DELETE.', headerOf(END), END);
ok('resumed', 'the resumption of a stream', 'Last-Event-ID is signed where it is sent.', headerOf(RESUMED), RESUMED);
const fromStart = { ...STREAM, lastEventId: '' };
ok('empty-event', 'an empty Last-Event-ID', 'An empty value is a value.', headerOf(fromStart), fromStart);
const withQuery = { ...STREAM, target: '/mcp?tenant=7&b=%20' };
ok(
  'query',
  'a target with a query',
  'The query belongs to the target, as it is spelt.',
  headerOf(withQuery),
  withQuery,
);
const nameless = { verb: 'GET', target: '/mcp' };
ok(
  'no-http-session',
  'no Mcp-Session-Id',
  'A request without the id is signed without it.',
  headerOf(nameless),
  nameless,
);
ok(
  'oldest',
  'as old as the window',
  'The window includes its last millisecond.',
  headerOf(STREAM, { timestamp: at(-300_000) }),
  STREAM,
);
ok(
  'furthest-ahead',
  'as far ahead as is tolerated',
  'The tolerance includes its last millisecond.',
  headerOf(STREAM, { timestamp: at(60_000) }),
  STREAM,
);
ok(
  'last-millisecond',
  'one millisecond before the passport expires',
  'A passport is valid until the instant before its end.',
  header,
  STREAM,
  { passport: passport({ expires_at: at(1) }) },
);
ok(
  'high-s',
  'a signature in high-S form',
  'Both forms of s are accepted where policy says nothing else.',
  headerOf(STREAM, {}, { high: true }),
  STREAM,
);
ok(
  'channel-binding',
  'with the channel binding of both sides',
  'What both sides took from the channel below is signed along.',
  headerOf(STREAM, { channel_binding: 'tls-1' }),
  STREAM,
  { channelBinding: 'tls-1' },
);
ok('nonce-kept', 'after it was tried on another request', 'A refused request uses up no nonce.', header, STREAM, {
  before: [{ header, request: END }],
});

// --- limits, shape, version

no('too-long', 'more than 1,024 characters', 'What is too long is not read.', 'A'.repeat(1_025), 'message_too_large');
no(
  'longest',
  '1,024 characters that are no envelope',
  'The longest value that is allowed is read.',
  'A'.repeat(1_024),
  'envelope_malformed',
);
no('missing', 'no header', 'In a session every request without a body is signed.', null, 'envelope_missing');
no('empty', 'an empty header', 'A header that is there and empty is no missing one.', '', 'envelope_malformed');
no('not-base64url', 'no base64url', 'The value is base64url.', '!!!!', 'envelope_malformed');
no('padded', 'base64url with padding', 'There is no padding.', `${header}=`, 'envelope_malformed');
no(
  'twice',
  'two headers, joined',
  'A header that is there twice is none.',
  `${header}, ${header}`,
  'envelope_malformed',
);
no('not-json', 'no JSON', 'What the base64url holds is JSON.', encoded('{'), 'envelope_malformed');
no('array', 'an array', 'The JSON is an object.', encoded('[]'), 'envelope_malformed');
no(
  'spaced',
  'JSON with a space',
  'The object is written in its RFC 8785 form, without spaces.',
  encoded(` ${canonicalize(sound)}`),
  'envelope_malformed',
);
no(
  'unsorted',
  'members in another order',
  'The members stand in the order of RFC 8785.',
  encoded(JSON.stringify(sound)),
  'envelope_malformed',
);
no(
  'further-member',
  'a further member',
  'An envelope in a header has no other members.',
  ofEnvelope({ ...sound, created: [] }),
  'envelope_malformed',
);
no(
  'repeated-member',
  'a member twice',
  'No member is there twice.',
  encoded(canonicalize(sound).replace('{', `{"nonce":"${nonce(2)}",`)),
  'envelope_malformed',
);
for (const name of ['passport_id', 'nonce', 'timestamp', 'signature', 'version'])
  no(
    `without-${name.replace('_', '-')}`,
    `no ${name}`,
    `An envelope has a ${name}.`,
    ofEnvelope(Object.fromEntries(Object.entries(sound).filter(([own]) => own !== name))),
    'envelope_malformed',
  );
no(
  'nonce-form',
  'a nonce in capitals',
  'A nonce is 32 lower-case hex digits.',
  headerOf(STREAM, { nonce: 'A'.repeat(32) }),
  'envelope_malformed',
);
no(
  'passport-id-form',
  'a passport id without its prefix',
  'A passport id has its one form.',
  headerOf(STREAM, { passport_id: 'a'.repeat(32) }),
  'envelope_malformed',
);
no(
  'version',
  'another version',
  'A version that the server does not speak is refused.',
  ofEnvelope({ ...sound, version: '2.0' }),
  'version_unsupported',
);
no(
  'version-first',
  'another version, and a nonce that is none',
  'The version is looked at before what it decides on.',
  ofEnvelope({ ...sound, version: '2.0', nonce: 7 }),
  'version_unsupported',
);
no(
  'version-number',
  'a version that is a number',
  'A version is text.',
  ofEnvelope({ ...sound, version: 1 }),
  'envelope_malformed',
);

// --- time

no(
  'timestamp-malformed',
  'a local time',
  'A timestamp ends in Z.',
  headerOf(STREAM, { timestamp: '2026-03-01T12:00:00' }),
  'timestamp_malformed',
);
no(
  'too-old',
  'one millisecond too old',
  'What is older than the window is refused.',
  headerOf(STREAM, { timestamp: at(-300_001) }),
  'timestamp_too_old',
);
no(
  'in-future',
  'one millisecond too far ahead',
  'What is dated further ahead than is tolerated is refused.',
  headerOf(STREAM, { timestamp: at(60_001) }),
  'timestamp_in_future',
);
no(
  'below-floor',
  'from before a volatile store began',
  'The floor holds for a header in the midst of a session, as it has no number.',
  headerOf(STREAM, { timestamp: at(-1) }),
  'below_store_floor',
  STREAM,
  { storeBeganAt: NOW },
);
no(
  'time-first',
  'too old, and of another key',
  'The time comes before the signature.',
  headerOf(STREAM, { timestamp: at(-300_001) }, { key: 'stranger' }),
  'timestamp_too_old',
);

// --- session and passport

no(
  'no-session',
  'where no session has begun',
  'Without a session there is nobody whose key could be right.',
  header,
  'session_unknown',
  STREAM,
  { session: null, passport: null },
);
no(
  'other-passport',
  'of another passport, soundly signed',
  'One passport signs for a session: no other is looked for.',
  headerOf(STREAM, { passport_id: id('c') }, { key: 'stranger' }),
  'passport_id_mismatch',
);
no(
  'passport-first',
  'of another passport, with a signature of the wrong length',
  'The passport comes before the signature.',
  ofEnvelope({ ...sound, passport_id: id('c'), signature: 'AAAA' }),
  'passport_id_mismatch',
);
no(
  'expired',
  'at the instant at which the passport expires',
  'A session does not outlive its passport.',
  header,
  'passport_expired',
  STREAM,
  { passport: passport({ issued_at: at(-DAY), expires_at: at(0) }) },
);

// --- signature

no(
  'signature-length',
  'a signature of 63 bytes',
  'A signature has 64 bytes.',
  ofEnvelope({ ...sound, signature: base64(Buffer.alloc(63, 1)) }),
  'signature_malformed',
);
no(
  'signature-range',
  'a signature whose r is zero',
  'r and s are from 1 to n - 1.',
  ofEnvelope({ ...sound, signature: base64(Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)])) }),
  'signature_malformed',
);
no(
  'high-s-refused',
  'a signature in high-S form, where policy asks for low',
  'The strict policy refuses the other form of s.',
  headerOf(STREAM, {}, { high: true }),
  'signature_high_s',
  STREAM,
  { requireLowS: true },
);
no(
  'other-key',
  'of another key, in the name of the passport',
  'The key of the passport signs.',
  headerOf(STREAM, {}, { key: 'stranger' }),
  'signature_invalid',
);
const invalid = (name, title, rule, claims, request = STREAM, extra = {}) =>
  no(name, title, rule, ofEnvelope(envelopeOf(claims)), 'signature_invalid', request, extra);
invalid('other-verb', 'the header of an opening on a DELETE', 'The method is signed.', claimsOf(STREAM), END);
invalid('other-path', 'at another path', 'The path is signed.', claimsOf(STREAM), { ...STREAM, target: '/admin' });
invalid('path-case', 'at the same path in another case', 'The path is compared as it is spelt.', claimsOf(STREAM), {
  ...STREAM,
  target: '/MCP',
});
invalid('other-query', 'with another query', 'The query is signed.', claimsOf(withQuery), {
  ...withQuery,
  target: '/mcp?tenant=8&b=%20',
});
invalid(
  'query-spelling',
  'with a query that is spelt otherwise',
  'Nothing is decoded before it is compared.',
  claimsOf(withQuery),
  { ...withQuery, target: '/mcp?tenant=7&b=+' },
);
invalid(
  'whole-url',
  'signed for a whole URL',
  'Scheme and host are no part of the target.',
  claimsOf(STREAM, { target: 'https://tools.example/mcp' }),
);
invalid(
  'other-http-session',
  'with another Mcp-Session-Id',
  'The id of the HTTP session is signed.',
  claimsOf(STREAM),
  {
    ...STREAM,
    httpSession: 'session-2',
  },
);
invalid(
  'http-session-added',
  'with an Mcp-Session-Id that was not signed',
  'An id that is there was signed.',
  claimsOf(nameless),
);
invalid('other-event', 'after another event', 'The last event is signed.', claimsOf(RESUMED), {
  ...RESUMED,
  lastEventId: 'event-1',
});
invalid('event-added', 'an opening made a resumption', 'No event can be added.', claimsOf(STREAM), RESUMED);
invalid('event-removed', 'a resumption made an opening', 'No event can be taken away.', claimsOf(RESUMED));
invalid('event-emptied', 'an empty event in place of none', 'Empty is not absent.', claimsOf(STREAM), fromStart);
invalid(
  'other-audience',
  'for another server',
  'The server is signed, by its passport id.',
  claimsOf(STREAM, { audience: id('d') }),
);
invalid(
  'other-session',
  'of another session of the same peers',
  'The transcript of the session is signed.',
  claimsOf(STREAM, { session: 'c1'.repeat(32) }),
);
invalid(
  'channel-binding-missing',
  'without the channel binding',
  'Where a server has a channel binding, the client signs it.',
  claimsOf(STREAM),
  STREAM,
  { channelBinding: 'tls-1' },
);
invalid(
  'channel-binding-other',
  'with that of another channel',
  'The channel binding is that of this channel.',
  claimsOf(STREAM, { channel_binding: 'tls-2' }),
  STREAM,
  { channelBinding: 'tls-1' },
);
invalid(
  'channel-binding-surplus',
  'with a channel binding that the server has not',
  'Where a server has no channel binding, none is signed.',
  claimsOf(STREAM, { channel_binding: 'tls-1' }),
);
invalid('further-claim', 'with a further claim', 'The claims are exactly these.', claimsOf(STREAM, { version: '1.0' }));
no(
  'other-nonce',
  'with another nonce',
  'The nonce is signed.',
  ofEnvelope({ ...sound, nonce: nonce(2) }),
  'signature_invalid',
);
no(
  'other-timestamp',
  'with another timestamp',
  'The timestamp is signed.',
  ofEnvelope({ ...sound, timestamp: at(1) }),
  'signature_invalid',
);
no(
  'without-context',
  'signed without the context',
  'The signature is under the context of headers.',
  headerOf(STREAM, {}, { bytes: utf8(canonicalize(claimsOf(STREAM))) }),
  'signature_invalid',
);

// --- admission

no(
  'level',
  'of a level that is too low',
  'The least level of messages holds for requests without a body.',
  header,
  'level_insufficient',
  STREAM,
  { passport: passport({ trust_level: 1 }), minTrustLevel: 2, status: 'good' },
);
no('repeated', 'the same header twice', 'A header counts once.', header, 'nonce_repeated', STREAM, {
  before: [{ header, request: STREAM }],
});
no(
  'repeated-nonce',
  'a nonce that another request has used',
  'Nonces are those of the passport, not of the request.',
  headerOf(END),
  'nonce_repeated',
  END,
  { before: [{ header, request: STREAM }] },
);
no(
  'revoked',
  'of a passport that has been revoked',
  'Revocation cuts off streams as well.',
  header,
  'passport_revoked',
  STREAM,
  { status: 'revoked' },
);
no(
  'status-unknown',
  'without an answer about its status',
  'From level 2 on nobody is admitted whose status cannot be had.',
  header,
  'status_unavailable',
  STREAM,
  { minTrustLevel: 2, status: 'unknown' },
);
no(
  'nonce-before-status',
  'sent twice, and revoked',
  'The nonce comes before revocation.',
  header,
  'nonce_repeated',
  STREAM,
  { before: [{ header, request: STREAM }], status: 'revoked' },
);
