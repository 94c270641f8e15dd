import { Suite, accepted, refused } from '../suite.mjs';
import { ANCHORS, CALL, NOW, RESULT, at, envelope, id, nonce, passport } from '../world.mjs';

const suite = new Suite({
  slug: 'published-peers',
  layer: 'protocol',
  description:
    'Messages of a peer (passport id asp_aaaa…) in the published form, put to a receiver of `role` (passport id asp_bbbb…) at the instant `now`, on one connection. Policy serves published peers where `allowed` is true. The receiver holds the passport, unless `held` is false. A client has been given the requests `sent` to send, which it does as soon as the handshake lets it, and has known the endpoint as one that speaks the profile where `known` is true; its replay store began at `startedAt`, by default long before. A server answers nothing.',
  input: {
    required: ['role', 'allowed', 'steps', 'anchors', 'now'],
    properties: {
      role: { enum: ['client', 'server'] },
      allowed: { type: 'boolean' },
      held: { type: 'boolean' },
      known: { type: 'boolean' },
      sent: { type: 'array', items: { type: 'object' } },
      startedAt: { type: 'integer' },
      passport: { type: 'object' },
      steps: { type: 'array' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
    },
    additionalProperties: false,
  },
});
export default suite;

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'agent', version: '1.0.0' } },
};
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
const DISCOVER = {
  jsonrpc: '2.0',
  id: 'probe',
  method: 'server/discover',
  params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
};
const INITIALIZE_RESULT = {
  jsonrpc: '2.0',
  id: 0,
  result: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'server', version: '1.0.0' },
  },
};
const INITIALIZE_ERROR = { jsonrpc: '2.0', id: 0, error: { code: -32602, message: 'Unsupported protocol version' } };
const METHOD_NOT_FOUND = { jsonrpc: '2.0', id: 'probe', error: { code: -32601, message: 'Method not found' } };
const DISCOVERED = {
  jsonrpc: '2.0',
  id: 'probe',
  result: { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
};

const signed = (number, message, options = {}) => ({
  ...message,
  mcps: envelope(message, { nonce: nonce(number), ...options }),
});
/** A message with members of the profile in its slot. */
const withMembers = (message, members) =>
  message.result === undefined
    ? { ...message, params: { ...message.params, _meta: { ...message.params?._meta, ...members } } }
    : { ...message, result: { ...message.result, _meta: members } };
const made = { 'dev.mcps/created': ['_meta'] };
const shown = { 'dev.mcps/passport': { passport: passport() }, ...made };
const context = { audience: id('c'), direction: 'client', session: 'ab'.repeat(32), seq: 1 };

const ok = (message) => ({ message, expect: accepted });
const no = (message, reason) => ({ message, expect: refused(reason) });
const run = (name, title, rule, { role, ...input }, ...steps) =>
  suite.sequence(name, title, rule, {
    role,
    allowed: true,
    ...(role === 'client' ? { sent: [INITIALIZE] } : {}),
    ...input,
    passport: passport(),
    steps,
    anchors: ANCHORS,
    now: NOW,
  });
const client = (input = {}) => ({ role: 'client', ...input });
const server = (input = {}) => ({ role: 'server', ...input });
const answer = signed(1, INITIALIZE_RESULT);

run(
  'client',
  'a published server',
  'Where policy says so, an answer to initialize without the profile is accepted, and later ones by their ids.',
  client({ sent: [INITIALIZE, CALL] }),
  ok(answer),
  ok(signed(2, RESULT)),
);
run(
  'client-refused',
  'a published server that policy does not serve',
  'By default an answer is bound to its request.',
  client({ allowed: false }),
  no(answer, 'reply_unbound'),
);
run(
  'client-error',
  'an error of a published server',
  'An error answers initialize as well.',
  client(),
  ok(signed(1, INITIALIZE_ERROR)),
);
run(
  'client-known',
  'a published server in place of one that speaks the profile',
  'Whoever has answered with the profile before is held to it.',
  client({ known: true }),
  no(answer, 'downgrade'),
);
run(
  'client-known-error',
  'a published error in place of a server that speaks the profile',
  'Errors are no exception.',
  client({ known: true }),
  no(signed(1, INITIALIZE_ERROR), 'downgrade'),
);
run(
  'client-passport-not-held',
  'a published server that nobody has introduced',
  'A published peer does not show its passport.',
  client({ held: false }),
  no(answer, 'unknown_passport'),
);
run(
  'client-some-of-the-profile',
  'an answer with a passport, bound to nothing',
  'An answer without re has nothing of the profile.',
  client(),
  no(signed(1, withMembers(INITIALIZE_RESULT, shown)), 'reply_unbound'),
);
run(
  'client-bound-elsewhere',
  'an answer without a hello, bound to another request',
  'A digest that is there is checked.',
  client(),
  no(signed(1, withMembers(INITIALIZE_RESULT, { 'dev.mcps/re': 'ab'.repeat(32), ...made })), 'reply_mismatch'),
);
run(
  'client-below-floor',
  'an answer from before the client began',
  'An answer that is bound to nothing is not exempt from the floor.',
  client({ startedAt: NOW - 1_000 }),
  no(signed(1, INITIALIZE_RESULT, { timestamp: at(-1_000) }), 'below_store_floor'),
);
run(
  'client-above-floor',
  'an answer from after the client began',
  'What was signed later cannot have been accepted before.',
  client({ startedAt: NOW - 1_000 }),
  ok(signed(1, INITIALIZE_RESULT, { timestamp: at(-999) })),
);
run(
  'client-answered-twice',
  'a second answer to a call',
  'Each request is answered once.',
  client({ sent: [INITIALIZE, CALL] }),
  ok(answer),
  ok(signed(2, RESULT)),
  no(signed(3, RESULT), 'reply_mismatch'),
);
run(
  'client-nonce-repeated',
  'two answers under one nonce',
  'A nonce is used once.',
  client({ sent: [INITIALIZE, CALL] }),
  ok(answer),
  no(signed(1, RESULT), 'nonce_repeated'),
);
run(
  'client-not-awaited',
  'an answer to nothing',
  'An answer belongs to a request that is awaited; the number 1 and the text 1 are two ids.',
  client({ sent: [INITIALIZE, CALL] }),
  ok(answer),
  no(signed(2, { ...RESULT, id: '1' }), 'reply_mismatch'),
);
run(
  'client-unsigned-later',
  'an unsigned answer of a published server',
  'What was signed once is signed from then on.',
  client({ sent: [INITIALIZE, CALL] }),
  ok(answer),
  no(RESULT, 'envelope_missing'),
);
run(
  'client-discover-error',
  'a published server that does not know server/discover',
  'It may say so, and a session may follow.',
  client({ sent: [DISCOVER] }),
  ok(signed(1, METHOD_NOT_FOUND)),
);
run(
  'client-discover-result',
  'a published answer to server/discover',
  'Whoever knows the question knows the profile.',
  client({ sent: [DISCOVER] }),
  no(signed(1, DISCOVERED), 'reply_unbound'),
);
run(
  'server',
  'a published client',
  'Where policy says so, an initialize without a hello is accepted.',
  server(),
  ok(signed(1, INITIALIZE)),
);
run(
  'server-refused',
  'a published client that policy does not serve',
  'By default a session begins with a hello.',
  server({ allowed: false }),
  no(signed(1, INITIALIZE), 'hello_missing'),
);
run(
  'server-without-initialize',
  'a call without initialize',
  'A published client may begin with any message.',
  server(),
  ok(signed(1, CALL)),
  ok(signed(2, INITIALIZED)),
);
run(
  'server-without-initialize-refused',
  'a call without initialize that policy does not serve',
  'By default there is no session without a handshake.',
  server({ allowed: false }),
  no(signed(1, CALL), 'session_unknown'),
);
run(
  'server-context',
  'a call that belongs to a session elsewhere',
  'A message that has a context is no published one.',
  server(),
  no(signed(1, withMembers(CALL, { 'dev.mcps/context': context, ...made })), 'session_unknown'),
);
run(
  'server-context-later',
  'a call that belongs elsewhere, after a published one',
  'A context that is there is checked.',
  server(),
  ok(signed(1, CALL)),
  no(signed(2, withMembers({ ...CALL, id: 2 }, { 'dev.mcps/context': context, ...made })), 'audience_mismatch'),
);
run(
  'server-repeated',
  'a published call a second time',
  'A published client has one nonce for each message.',
  server(),
  ok(signed(1, CALL)),
  no(signed(1, CALL), 'nonce_repeated'),
);
