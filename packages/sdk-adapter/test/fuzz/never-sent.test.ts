import { expect, it } from 'vitest';
import { makeParties } from '../harness/parties.js';
import { handshake, securedPair, settled } from '../harness/secured-pair.js';
import type { Wire } from '../harness/message.js';
import { makeConversations } from './support/conversations.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import { Random } from './support/random.js';
import { AGAIN } from './support/run-path.js';
import { SEED } from './support/settings.js';

/** Puts something into a message that no receiver would see as it was sent. */
type Spoil = (message: Wire) => void;

const inParams =
  (name: string, value: unknown): Spoil =>
  (message) => {
    message.params = { ...message.params };
    Object.defineProperty(message.params, name, { value, enumerable: true });
  };
const inMeta =
  (name: string, value: unknown): Spoil =>
  (message) => {
    message.params = { ...message.params, _meta: { ...message.params?._meta } };
    Object.defineProperty(message.params._meta, name, { value, enumerable: true });
  };

const SPOILED: readonly [string, Spoil][] = [
  ['NaN', inParams('value', [Number.NaN])],
  ['Infinity', inParams('value', { deep: Number.NEGATIVE_INFINITY })],
  ['a function', inParams('value', () => 1)],
  ['an object with toJSON', inParams('value', { toJSON: () => 1 })],
  ['a Map', inParams('value', new Map())],
  ['a bigint', inParams('value', 1n)],
  ['half of a pair in a value', inParams('value', 'x\udc00')],
  ['half of a pair in a name', inParams('x\ud800', 1)],
  ['a hole', inParams('value', [1, , 2])], // eslint-disable-line no-sparse-arrays
  ['__proto__ among the parameters', inParams('__proto__', { polluted: true })],
  ['__proto__ in _meta', inMeta('__proto__', { polluted: true })],
  ['a fractional progress token', inMeta('progressToken', 0.5)],
  ['more about a related task', inMeta('io.modelcontextprotocol/related-task', { taskId: 't', more: 1 })],
  ['an envelope', inMeta('dev.mcps/envelope', {})],
  ['a context', inMeta('dev.mcps/context', {})],
  ['a reply binding', inMeta('dev.mcps/re', 'x')],
  ['parameters that are a list', (message) => (message.params = [1])],
  ['parameters that are null', (message) => (message.params = null)],
  ['_meta that is null', (message) => (message.params = { _meta: null })],
  ['null as its id', (message) => (message.id = null)],
  ['a fraction as its id', (message) => (message.id = 1.5)],
];

it.each(SPOILED)('a message with %s is refused by its sender, and never changed in silence', async (_what, spoil) => {
  const pair = await securedPair(await makeParties(UNLIMITED_PARTIES));
  await handshake(pair);
  const calls = makeConversations(new Random(SEED), 60)
    .map(({ content }) => content)
    .filter((content) => content.type === 'call');
  const outcomes: unknown[] = [];
  for (const { request } of calls) {
    const spoiled = structuredClone(request);
    spoil(spoiled);
    outcomes.push(
      await pair.client.transport.send(spoiled).then(
        () => spoiled,
        () => 'refused',
      ),
    );
  }
  expect(outcomes, AGAIN).toEqual(calls.map(() => 'refused'));
  expect(pair.wire).toEqual([]);
  const [{ request: honest } = { request: undefined }] = calls;
  await pair.client.transport.send(structuredClone(honest));
  await settled(() => pair.server.delivered.length === 1);
  expect(pair.server.errors).toEqual([]);
});
