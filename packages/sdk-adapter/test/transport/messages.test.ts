import { beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import { handshake, securedPair, settled } from '../harness/secured-pair.js';
import type { SecuredPair } from '../harness/secured-pair.js';
import type { Wire } from '../harness/message.js';

let pair: SecuredPair;

beforeEach(async () => {
  pair = await securedPair(await makeParties());
  await handshake(pair);
});

const request = (id: number, params?: Wire): Wire => ({
  jsonrpc: '2.0',
  id,
  method: 'x/y',
  ...(params === undefined ? {} : { params }),
});

describe('a message of the application', () => {
  it('is never changed, nor handed over by reference', async () => {
    const shared = { list: [1, { a: 'b' }], nothing: undefined };
    const message = request(1, { shared, again: shared, _meta: { progressToken: 1 } });
    const before = structuredClone(message);
    await pair.client.transport.send(message);
    await settled(() => pair.server.delivered.length === 1);
    expect(message).toEqual(before);
    expect(Object.keys(message.params._meta)).toEqual(['progressToken']);
    const wire = pair.wire[0];
    expect(wire).not.toBe(message);
    expect(wire.params.shared).not.toBe(shared);
    expect(pair.server.delivered[0].params.shared).not.toBe(shared);
    expect(pair.server.delivered[0]).toEqual({
      ...before,
      params: { shared: { list: [1, { a: 'b' }] }, again: { list: [1, { a: 'b' }] }, _meta: { progressToken: 1 } },
    });
  });

  it('is signed as it was when it was sent, whatever happens to it afterwards', async () => {
    const params = { text: 'meant' };
    const message = request(1, params);
    const sending = pair.client.transport.send(message);
    params.text = 'changed';
    message.method = 'changed';
    await sending;
    await settled(() => pair.server.delivered.length === 1);
    expect(pair.server.delivered[0]).toEqual(request(1, { text: 'meant' }));
  });

  it('arrives exactly as it was, with what it has and what it lacks', async () => {
    const variants: Wire[] = [
      request(1),
      request(2, {}),
      request(3, { _meta: {} }),
      request(4, { _meta: { 'dev.example/x': null }, a: [] }),
      { jsonrpc: '2.0', method: 'n' },
      { jsonrpc: '2.0', method: 'n', params: {} },
      { jsonrpc: '2.0', method: 'n', params: { 'dev.mcps/envelope': 'data, at this depth', mcps: 1 } },
    ];
    for (const variant of variants) await pair.client.transport.send(structuredClone(variant));
    await settled(() => pair.server.delivered.length === variants.length);
    expect(pair.server.delivered).toEqual(variants);
    for (const [index, message] of pair.server.delivered.entries())
      expect(Object.keys(message)).toEqual(Object.keys(variants[index]));
    const answers: Wire[] = [
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 2, result: { _meta: {} } },
      { jsonrpc: '2.0', id: 3, error: { code: -1, message: 'no data' } },
      { jsonrpc: '2.0', id: 4, error: { code: -1, message: 'text', data: 'text' } },
    ];
    for (const answer of answers) await pair.server.transport.send(structuredClone(answer));
    await settled(() => pair.client.delivered.length === answers.length);
    expect(pair.client.delivered).toEqual(answers);
  });

  it.each([
    ['a number that is none', { value: Number.NaN }],
    ['an infinite number', { value: Number.POSITIVE_INFINITY }],
    ['a function', { value: () => 1 }],
    ['an object with toJSON', { value: { toJSON: () => 'other' } }],
    ['a Date', { value: new Date(0) }],
    ['a bigint', { value: 1n }],
    ['a symbol', { value: Symbol('s') }],
    ['a lone surrogate', { value: '\ud800' }],
    ['a hole', { value: [1, , 3] }], // eslint-disable-line no-sparse-arrays
    ['extras of related-task', { _meta: { 'io.modelcontextprotocol/related-task': { taskId: 't', more: 1 } } }],
    ['a member called __proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
    ['a fractional progress token', { _meta: { progressToken: 1.5 } }],
    ['one of our own members', { _meta: { 'dev.mcps/context': {} } }],
    ['an envelope of its own', { _meta: { 'dev.mcps/envelope': {} } }],
    [
      'a cycle',
      (() => {
        const cycle: Record<string, unknown> = {};
        cycle['self'] = cycle;
        return cycle;
      })(),
    ],
  ])('that holds %s is refused where it was sent, and nothing goes out', async (_what, params) => {
    await rejectionOf(pair.client.transport.send(request(1, params)));
    expect(pair.wire).toEqual([]);
    await pair.client.transport.send(request(2));
    await settled(() => pair.server.delivered.length === 1);
    expect(pair.server.delivered).toEqual([request(2)]);
    expect(pair.server.errors).toEqual([]);
  });

  it('that is an answer nobody can sign becomes an error for whoever waits', async () => {
    await pair.client.transport.send(request(1));
    await settled(() => pair.server.delivered.length === 1);
    await rejectionOf(pair.server.transport.send({ jsonrpc: '2.0', id: 1, result: { value: Number.NaN } }));
    await settled(() => pair.client.delivered.length === 1);
    expect(pair.client.delivered[0]).toMatchObject({ id: 1, error: { code: -32603 } });
  });

  it('that is deep or huge is refused at both ends', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level += 1) deep = [deep];
    await rejectionOf(pair.client.transport.send(request(1, { deep })));
    let bottomless: unknown = 1;
    for (let level = 0; level < 1_000_000; level += 1) bottomless = { bottomless };
    await rejectionOf(pair.client.transport.send(request(2, { bottomless })));
    expect(pair.wire).toEqual([]);
  });
});

describe('messages on their way', () => {
  it('keep their order, however much there is to verify', async () => {
    const count = 200;
    await Promise.all(
      Array.from({ length: count }, (_, id) =>
        pair.client.transport.send(request(id + 1, { text: 'x'.repeat(id % 7 === 0 ? 50_000 : 1) })),
      ),
    );
    await settled(() => pair.server.delivered.length === count);
    expect(pair.server.delivered.map((message) => message.id)).toEqual(
      Array.from({ length: count }, (_, id) => id + 1),
    );
  });
});
