import { Suite } from '../suite.mjs';
import { id } from '../world.mjs';

const suite = new Suite({
  slug: 'context',
  layer: 'protocol',
  description:
    'The signed context of a message, and what the receiver expects: the direction of the peer, the names that the receiver answers to, and its session.',
  input: {
    required: ['context', 'expected'],
    properties: { context: { type: ['object', 'null'] }, expected: { type: 'object' } },
    additionalProperties: false,
  },
});
export default suite;

const session = 'ab'.repeat(32);
const context = { audience: id('b'), direction: 'client', session, seq: 0 };
const expected = { direction: 'client', audiences: [id('b'), 'https://tools.example/mcp'], session };
const loose = { audience: context.audience, direction: context.direction };
const stateless = { direction: 'client', audiences: expected.audiences, session: null };
const ok = (name, title, rule, value, wanted = expected) =>
  suite.accept(name, title, rule, { context: value, expected: wanted });
const no = (name, title, rule, value, reason, wanted = expected) =>
  suite.reject(name, title, rule, { context: value, expected: wanted }, reason);

ok('session', 'a message of this session', 'Audience, direction and session agree.', context);
ok('by-url', 'addressed by a configured URL', 'A server answers to every name that it is configured with.', {
  ...context,
  audience: 'https://tools.example/mcp',
});
ok('stateless', 'a message without a session', 'Where nobody keeps a session, none is named.', loose, stateless);
no('missing', 'no context', 'A message that does not say where it belongs belongs nowhere.', null, 'context_missing');
no(
  'audience',
  'for somebody else',
  'A message for another server is not for this one.',
  { ...context, audience: id('c') },
  'audience_mismatch',
);
no(
  'audience-prefix',
  'for a URL that begins the same',
  'Names are compared whole.',
  { ...context, audience: 'https://tools.example/mcp/admin' },
  'audience_mismatch',
);
no(
  'audience-case',
  'for the same URL in another case',
  'Names are compared exactly.',
  { ...context, audience: 'https://TOOLS.example/mcp' },
  'audience_mismatch',
);
no(
  'direction',
  'in the other direction',
  'What a server says is not what a client says.',
  { ...context, direction: 'server' },
  'direction_reflected',
);
no(
  'other-session',
  'of another session',
  'A message of another session is not of this one.',
  { ...context, session: 'cd'.repeat(32) },
  'session_mismatch',
);
no(
  'session-missing',
  'of no session, where there is one',
  'In a session every message names it.',
  loose,
  'session_mismatch',
);
no(
  'session-surplus',
  'of a session, where none is kept',
  'What was meant for a session stays in it.',
  context,
  'session_mismatch',
  stateless,
);
