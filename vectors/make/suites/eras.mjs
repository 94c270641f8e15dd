import { Suite, accepted, refused } from '../suite.mjs';
import { ANCHORS, CALL, NOW, envelope, id, nonce, passport } from '../world.mjs';

const suite = new Suite({
  slug: 'eras',
  layer: 'protocol',
  description:
    'Messages of an agent on one connection, put to a server that keeps sessions for those who want one (passport id asp_bbbb…), at the instant `now`. It answers none of them.',
  input: {
    required: ['steps', 'anchors', 'now'],
    properties: { steps: { type: 'array' }, anchors: { type: 'array' }, now: { type: 'integer' } },
    additionalProperties: false,
  },
});
export default suite;

const REVISION = '2026-07-28';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';
const context = { audience: id('b'), direction: 'client' };
const shown = { 'dev.mcps/passport': { passport: passport() } };
const hello = { 'dev.mcps/hello': { random: 'A'.repeat(43), versions: ['1.0'] } };
const claims = (revision = REVISION) => ({ [VERSION_KEY]: revision, [CAPABILITIES_KEY]: { elicitation: {} } });

/** A message with these members of `_meta`, signed under the nonce of this number. */
function signed(number, message, meta, header = {}) {
  const content = { ...message, params: { ...message.params, _meta: meta } };
  return { ...content, mcps: envelope(content, { nonce: nonce(number), ...header }) };
}
const call = (number, meta = claims(), members = { 'dev.mcps/context': context, ...shown }) =>
  signed(number, { ...CALL, id: number }, { ...meta, ...members });
const DISCOVER = { jsonrpc: '2.0', id: 'probe', method: 'server/discover' };
const discover = (number, members = { ...hello, ...shown }, meta = claims()) =>
  signed(number, DISCOVER, { ...meta, ...members });
const initialize = (number) =>
  signed(
    number,
    {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'agent', version: '1.0.0' },
      },
    },
    { ...hello, ...shown },
  );
const cancelled = (number, meta = claims()) =>
  signed(
    number,
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
    { ...meta, 'dev.mcps/context': context, ...shown },
  );
const restated = (message, changed) => ({
  ...message,
  params: { ...message.params, _meta: { ...message.params._meta, ...changed } },
});

const ok = (message) => ({ message, expect: accepted });
const no = (message, reason) => ({ message, expect: refused(reason) });
const run = (name, title, rule, ...steps) => suite.sequence(name, title, rule, { steps, anchors: ANCHORS, now: NOW });

run('call', 'a call of revision 2026-07-28', 'A message that says it needs no session stands for itself.', ok(call(1)));
run(
  'later-revision',
  'a call of a later revision',
  'Revisions are dates, and no later one has sessions.',
  ok(call(1, claims('2031-01-02'))),
);
run(
  'discover',
  'the question, a call and a cancellation',
  'The question has no audience; what follows has one.',
  ok(discover(1)),
  ok(call(2)),
  ok(cancelled(3)),
);
run(
  'discover-again',
  'the question between two calls',
  'It may be asked at any time.',
  ok(call(1)),
  ok(discover(2)),
  ok(call(3)),
);
run(
  'initialize-after-discover',
  'two questions, and then a session',
  'Whoever asks an older server falls back on initialize.',
  ok(discover(1)),
  ok(discover(2)),
  ok(initialize(3)),
);
run(
  'earlier-revision',
  'a call of an earlier revision',
  'Revisions before 2026-07-28 need a session.',
  no(call(1, claims('2025-11-25')), 'session_unknown'),
);
run(
  'day-before',
  'a call of the day before',
  'The first revision without sessions is that of 2026-07-28.',
  no(call(1, claims('2026-07-27')), 'session_unknown'),
);
run(
  'no-revision',
  'a call that names no revision',
  'A message does without a session only by saying so.',
  no(call(1, {}), 'session_unknown'),
);
run(
  'no-date',
  'a call whose revision is no date',
  'What is no date is not later than one.',
  no(call(1, claims('DRAFT-2026-v1')), 'session_unknown'),
);
run(
  'revision-number',
  'a call whose revision is a number',
  'A revision is a text.',
  no(call(1, claims(20260728)), 'session_unknown'),
);
run(
  'session-later',
  'a call of an earlier revision after one of a modern one',
  'Each message says for itself that it needs no session.',
  ok(call(1)),
  no(call(2, claims('2025-11-25')), 'session_unknown'),
);
run(
  'notification-no-revision',
  'a cancellation that names no revision',
  'Notifications say it too.',
  ok(call(1)),
  no(cancelled(2, {}), 'session_unknown'),
);
run(
  'no-context',
  'a call without a context',
  'Only the question goes without an audience.',
  no(call(1, claims(), shown), 'context_missing'),
);
run(
  'other-audience',
  'a call for another server',
  'Without a session a message still belongs to one server.',
  no(call(1, claims(), { 'dev.mcps/context': { ...context, audience: id('c') }, ...shown }), 'audience_mismatch'),
);
run(
  'in-a-session',
  'a modern call with a session and a number',
  'Where no session has begun, none is named.',
  no(
    call(1, claims(), { 'dev.mcps/context': { ...context, session: 'ab'.repeat(32), seq: 0 }, ...shown }),
    'session_mismatch',
  ),
);
run(
  'unknown-passport',
  'a call without a passport, of an agent that is not known',
  'The agent is asked to show its passport.',
  no(call(1, claims(), { 'dev.mcps/context': context }), 'unknown_passport'),
);
run(
  'known-passport',
  'a call without a passport after the question',
  'The question has shown it.',
  ok(discover(1)),
  ok(call(2, claims(), { 'dev.mcps/context': context })),
);
run(
  'repeated',
  'a call that comes twice',
  'Each message is accepted once.',
  ok(call(1)),
  no(call(1), 'nonce_repeated'),
);
run(
  'discover-repeated',
  'a question that comes twice',
  'The question too is accepted once.',
  ok(discover(1)),
  no(discover(1), 'nonce_repeated'),
);
run(
  'discover-hello',
  'the question without a hello',
  'Whoever asks introduces itself.',
  no(discover(1, shown), 'hello_missing'),
);
run(
  'discover-version',
  'the question of somebody who speaks no version in common',
  'Versions are negotiated as in a handshake.',
  no(
    discover(1, { 'dev.mcps/hello': { ...hello['dev.mcps/hello'], versions: ['2.0'] }, ...shown }),
    'no_common_version',
  ),
);
run(
  'discover-earlier',
  'the question in the name of an earlier revision',
  'Before 2026-07-28 there is no such question.',
  no(discover(1, { ...hello, ...shown }, claims('2025-11-25')), 'session_unknown'),
);
run(
  'capabilities-changed',
  'a call whose capabilities were changed',
  'What a message says of its sender is signed.',
  no(restated(call(1), { [CAPABILITIES_KEY]: { sampling: {} } }), 'signature_invalid'),
);
run(
  'revision-changed',
  'a call whose revision was changed',
  'So is the revision.',
  no(restated(call(1), { [VERSION_KEY]: '2031-01-02' }), 'signature_invalid'),
);
run(
  'initialize-after-call',
  'a session after a call without one',
  'A connection that serves without a session goes on so.',
  ok(discover(1)),
  ok(call(2)),
  no(initialize(3), 'session_mismatch'),
);
run(
  'call-after-initialize',
  'a modern call during the handshake',
  'Whoever has begun a session proves it first.',
  ok(initialize(1)),
  no(call(2), 'binding_pending'),
);
run(
  'discover-after-initialize',
  'the question during the handshake',
  'The question is no exception.',
  ok(initialize(1)),
  no(discover(2), 'binding_pending'),
);
run(
  'unsigned',
  'an unsigned call after a signed question',
  'What was signed once is signed from then on.',
  ok(discover(1)),
  no({ ...CALL, params: { ...CALL.params, _meta: claims() } }, 'envelope_missing'),
);
