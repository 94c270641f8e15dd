import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import { reasonsIn } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { clone } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { handshake, securedPair, settled } from '../harness/secured-pair.js';

const nested = (depth: number): Wire => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

let parties: Parties;

beforeAll(async () => {
  parties = await makeParties();
});

/** What arrives on the wire of a session, and the reason for which it is refused. */
const GARBAGE: [string, (signed: Wire) => unknown, string][] = [
  ['nothing', () => null, 'message_not_object'],
  ['a number', () => 7, 'message_not_object'],
  ['a text', () => 'text', 'message_not_object'],
  ['a batch', (signed) => [signed], 'message_not_object'],
  ['an empty object', () => ({}), 'message_kind_ambiguous'],
  ['a method that is no text', (signed) => ({ ...signed, method: 7 }), 'message_kind_ambiguous'],
  ['a call that is a result too', (signed) => ({ ...signed, result: {} }), 'message_kind_ambiguous'],
  ['null params', (signed) => ({ ...signed, params: null }), 'container_not_object'],
  ['array params', (signed) => ({ ...signed, params: [] }), 'container_not_object'],
  ['a null _meta', (signed) => ({ ...signed, params: { _meta: null } }), 'container_not_object'],
  [
    'a second envelope at the top',
    (signed) => ({ ...signed, mcps: signed.params._meta['dev.mcps/envelope'] }),
    'carrier_ambiguous',
  ],
  [
    'an envelope that is none',
    (signed) => ({ ...signed, params: { _meta: { 'dev.mcps/envelope': 'signed, honestly' } } }),
    'envelope_malformed',
  ],
  ['an envelope of another version', (signed) => withEnvelope(signed, { version: '9.9' }), 'version_unsupported'],
  ['a signature that is none', (signed) => withEnvelope(signed, { signature: '!' }), 'signature_malformed'],
  ['a nonce that is none', (signed) => withEnvelope(signed, { nonce: 'x' }), 'envelope_malformed'],
  ['a time that is none', (signed) => withEnvelope(signed, { timestamp: 'yesterday' }), 'timestamp_malformed'],
  [
    'a created record that is none',
    (signed) => withEnvelope(signed, { created: ['everything'] }),
    'carrier_created_invalid',
  ],
  ['too deep', () => ({ jsonrpc: '2.0', id: 1, method: 'x', params: nested(100) }), 'message_too_deep'],
  ['far too deep', () => ({ jsonrpc: '2.0', id: 1, method: 'x', params: nested(3_000) }), 'message_too_deep'],
  [
    'a text half of a character',
    (signed) => ({ ...signed, params: { ...signed.params, text: '\ud800' } }),
    'message_not_canonical',
  ],
  [
    'a number lost in parsing',
    (signed) => ({ ...signed, params: { ...signed.params, big: JSON.parse('1e400') } }),
    'message_not_canonical',
  ],
  ['a member called __proto__', (signed) => withParams(signed, '"__proto__":{"admin":true}'), 'signature_invalid'],
  ['a sibling in the container', (signed) => withParams(signed, '"extra":1'), 'signature_invalid'],
];

function withEnvelope(signed: Wire, change: Wire): Wire {
  const copy = clone(signed);
  Object.assign(copy.params._meta['dev.mcps/envelope'], change);
  return copy;
}

function withParams(signed: Wire, member: string): Wire {
  return JSON.parse(JSON.stringify(signed).replace('"params":{', `"params":{${member},`));
}

describe('a session', () => {
  it.each(GARBAGE)('refuses %s, delivers nothing of it and goes on', async (_what, make, reason) => {
    const pair = await securedPair(parties);
    await handshake(pair);
    await pair.client.transport.send({ jsonrpc: '2.0', id: 1, method: 'x/y', params: { text: 'real' } });
    await settled(() => pair.server.delivered.length === 1);
    const signed = clone(pair.wire[0]);
    pair.server.inner.onmessage!(make(signed) as never);
    await settled(() => pair.server.errors.length === 1);
    expect(reasonsIn(pair.server.errors)).toEqual([reason]);
    expect(pair.server.delivered).toHaveLength(1);
    await pair.client.transport.send({ jsonrpc: '2.0', id: 2, method: 'x/y', params: { text: 'afterwards' } });
    await settled(() => pair.server.delivered.length === 2);
    expect(pair.server.delivered[1].params.text).toBe('afterwards');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    await pair.client.transport.close();
  });
});

describe('a connection that nobody has begun', () => {
  it('survives whatever arrives first', async () => {
    const [left, right] = InMemoryTransport.createLinkedPair();
    const secured = secureTransport(right, { ...parties.server.options, role: 'server' });
    const errors: Error[] = [];
    const delivered: unknown[] = [];
    secured.onerror = (error) => void errors.push(error);
    secured.onmessage = (message) => void delivered.push(message);
    await left.start();
    await secured.start();
    const first: unknown[] = [
      undefined,
      null,
      [],
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    ];
    for (const message of first) await left.send(message as never);
    await settled(() => errors.length >= 4);
    expect(delivered).toEqual([]);
    expect(secured.peer).toBeUndefined();
  });
});
