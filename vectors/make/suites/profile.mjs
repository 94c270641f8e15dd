import { Suite } from '../suite.mjs';
import { CALL, ERROR, RESULT, id, nonce, passport } from '../world.mjs';

const suite = new Suite({
  slug: 'profile',
  layer: 'protocol',
  description:
    'Signed messages (their carrier already taken off) with members of the profile in their slot, and what is delivered once these are taken out. `members` names those found.',
  input: { required: ['signed'], properties: { signed: { type: 'object' } }, additionalProperties: false },
});
export default suite;

const inParams = (meta, base = CALL) => ({ ...base, params: { ...base.params, _meta: meta } });
const errorWith = (data) => ({ ...ERROR, error: { ...ERROR.error, data } });
const ok = (name, title, rule, signed, message, members) =>
  suite.accept(name, title, rule, { signed }, { message, members });
const no = (name, title, rule, signed) => suite.reject(name, title, rule, { signed }, 'profile_malformed');

const context = { audience: id('b'), direction: 'client' };
const session = 'ab'.repeat(32);
const hello = { random: 'A'.repeat(43), versions: ['1.0'] };
const one = (name, value) => inParams({ [`dev.mcps/${name}`]: value, 'dev.mcps/created': ['_meta'] });
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

ok('none', 'no member', 'A message without members is delivered as it is.', CALL, CALL, []);
ok(
  'context',
  'a context without a session',
  'audience and direction are enough where there is no session.',
  one('context', context),
  CALL,
  ['context'],
);
ok(
  'context-session',
  'a context with a session',
  'session and seq come together.',
  one('context', { ...context, session, seq: 0 }),
  CALL,
  ['context'],
);
ok(
  'kept-meta',
  'beside members of the application',
  'What the application put into _meta stays.',
  inParams({ progressToken: 1, 'dev.mcps/context': context }),
  inParams({ progressToken: 1 }),
  ['context'],
);
ok(
  'kept-empty-meta',
  'in an empty _meta of the application',
  'Without a record the empty _meta was there before.',
  inParams({ 'dev.mcps/context': context }),
  inParams({}),
  ['context'],
);
ok(
  'created-params',
  'in params that were made for it',
  'The signed record says which containers go.',
  { ...LIST, params: { _meta: { 'dev.mcps/context': context, 'dev.mcps/created': ['params', '_meta'] } } },
  LIST,
  ['context'],
);
ok('hello', 'a hello', 'A hello has 32 random bytes and the versions on offer.', one('hello', hello), CALL, ['hello']);
ok(
  'passport',
  'a passport',
  'The passport travels inside what is signed.',
  one('passport', { passport: passport() }),
  CALL,
  ['passport'],
);
ok('retry', 'a repetition', 'The nonce of the first try is named.', one('retry_of', nonce(7)), CALL, ['retryOf']);
ok(
  're',
  'an answer bound to its request',
  'A result carries the digest of the request.',
  { ...RESULT, result: { ...RESULT.result, _meta: { 'dev.mcps/re': session, 'dev.mcps/created': ['_meta'] } } },
  RESULT,
  ['re'],
);
ok(
  'error',
  'an error bound to its request',
  'An error carries it in its data.',
  errorWith({ 'dev.mcps/re': session, 'dev.mcps/created': ['data'] }),
  ERROR,
  ['re'],
);
ok(
  'error-wrapped',
  'an error whose data was wrapped',
  'Data that is no object comes back out of its wrapper.',
  errorWith({ 'dev.mcps/value': 'why', 'dev.mcps/re': session, 'dev.mcps/created': ['value'] }),
  errorWith('why'),
  ['re'],
);

no(
  'created-alone',
  'a record without any member',
  'A record without a member says nothing.',
  inParams({ 'dev.mcps/created': ['_meta'] }),
);
no(
  'created-false',
  'a record that is not true',
  'What was created holds nothing of the application.',
  inParams({ progressToken: 1, 'dev.mcps/context': context, 'dev.mcps/created': ['_meta'] }),
);
no(
  'created-unknown',
  'a record of a container that does not exist',
  'The list of containers is closed.',
  inParams({ 'dev.mcps/context': context, 'dev.mcps/created': ['arguments'] }),
);
no(
  'envelope-inside',
  'an envelope inside what was signed',
  'A carrier inside a carrier was put there by nobody honest.',
  inParams({ 'dev.mcps/context': context, 'dev.mcps/envelope': {} }),
);
no(
  'value-alone',
  'a wrapper without its record',
  'A wrapper is made and recorded together.',
  errorWith({ 'dev.mcps/value': 'why', 'dev.mcps/re': session }),
);
no('context-text', 'a context that is a string', 'A context is an object.', one('context', 'client'));
no(
  'context-extra',
  'a context with one more member',
  'Members are exactly those of the specification.',
  one('context', { ...context, scope: 'all' }),
);
no(
  'context-no-audience',
  'a context without an audience',
  'Whom a message is for is said.',
  one('context', { direction: 'client' }),
);
no(
  'context-empty-audience',
  'an empty audience',
  'An audience has a name.',
  one('context', { ...context, audience: '' }),
);
no(
  'context-no-direction',
  'a context without a direction',
  'Which way a message goes is said.',
  one('context', { audience: id('b') }),
);
no(
  'context-direction',
  'a direction that does not exist',
  'There are two directions.',
  one('context', { ...context, direction: 'proxy' }),
);
no(
  'context-session-only',
  'a session without a number',
  'A session without a number would hide what was lost.',
  one('context', { ...context, session }),
);
no(
  'context-seq-only',
  'a number without a session',
  'A number counts within a session.',
  one('context', { ...context, seq: 0 }),
);
no(
  'context-session-short',
  'a session that is no SHA-256',
  'A session is 64 hex characters.',
  one('context', { ...context, session: 'ab', seq: 0 }),
);
no(
  'context-seq-negative',
  'a negative number',
  'Numbers count from 0.',
  one('context', { ...context, session, seq: -1 }),
);
no('context-seq-fraction', 'a fraction', 'Numbers are whole.', one('context', { ...context, session, seq: 0.5 }));
no(
  'hello-short',
  'random bytes that are too few',
  'A hello has 32 random bytes.',
  one('hello', { ...hello, random: 'A'.repeat(42) }),
);
no(
  'hello-no-versions',
  'a hello without versions',
  'What is on offer is said.',
  one('hello', { random: hello.random }),
);
no(
  'hello-empty-versions',
  'a hello with no version on offer',
  'At least one version is offered.',
  one('hello', { ...hello, versions: [] }),
);
no('hello-extra', 'a hello with one more member', 'Members are exact.', one('hello', { ...hello, level: 4 }));
no(
  'binding-hash',
  'a binding whose hash is no SHA-256',
  'A transcript hash is 64 hex characters.',
  one('binding', { transcript_hash: 'ab', transcript_signature: 'AAAA' }),
);
no(
  'binding-no-signature',
  'a binding without a signature',
  'A binding is signed.',
  one('binding', { transcript_hash: session }),
);
no(
  'passport-bare',
  'a passport without its wrapper',
  'The member holds {passport, staple?}.',
  one('passport', passport()),
);
no('re-upper', 'a reply digest in upper case', 'A digest is in lower case.', one('re', session.toUpperCase()));
no('retry-short', 'a first nonce that is too short', 'A nonce is 32 hex characters.', one('retry_of', 'ab'));
const many = (length, text) => Array.from({ length }, () => text);
ok(
  'limits',
  'as long as may be',
  'The limits of the profile include themselves.',
  one('hello', { random: hello.random, versions: many(32, 'v'.repeat(32)), features: many(32, 'f'.repeat(64)) }),
  CALL,
  ['hello'],
);
no(
  'hello-33-versions',
  '33 versions',
  'A hello offers at most 32 versions.',
  one('hello', { ...hello, versions: many(33, '1.0') }),
);
no(
  'hello-long-version',
  'a version of 33 characters',
  'A version has at most 32 characters.',
  one('hello', { ...hello, versions: ['v'.repeat(33)] }),
);
no(
  'hello-33-features',
  '33 features',
  'A hello names at most 32 features.',
  one('hello', { ...hello, features: many(33, 'f') }),
);
no(
  'hello-empty-feature',
  'a feature without a name',
  'A feature has a name of at most 64 characters.',
  one('hello', { ...hello, features: [''] }),
);
no(
  'hello-padded',
  'random bytes with padding',
  'base64url is written without padding.',
  one('hello', { ...hello, random: `${hello.random}=` }),
);
no(
  'context-long-audience',
  'an audience of 2,049 characters',
  'An audience has at most 2,048 characters.',
  one('context', { ...context, audience: 'x'.repeat(2049) }),
);
no(
  'context-seq-unsafe',
  'a number beyond 2^53 - 1',
  'Numbers stay where every reader counts alike.',
  one('context', { ...context, session, seq: 2 ** 53 }),
);
no(
  'binding-extra',
  'a binding with one more member',
  'A role is never said by the binding itself.',
  one('binding', { transcript_hash: session, transcript_signature: 'AAAA', role: 'server' }),
);
no(
  'passport-staple-text',
  'a staple that is a string',
  'A staple is an object.',
  one('passport', { passport: passport(), staple: 'good' }),
);
no('re-null', 'a reply digest that is null', 'A member that is there has its value.', one('re', null));
