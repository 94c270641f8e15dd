import { describe, expect, it } from 'vitest';
import { ENVELOPE_KEY } from '../../src/carrier/index.js';
import { openEnvelope } from '../../src/envelope/index.js';
import { ConfigurationError } from '../../src/errors/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { deepFreeze } from '../support/messages.js';
import { reasonOf } from '../support/refusal.js';
import { NOW_TEXT, PASSPORT_ID } from '../support/signing.js';

const ENVELOPE = {
  version: '1.0',
  passport_id: PASSPORT_ID,
  timestamp: NOW_TEXT,
  nonce: 'ab'.repeat(16),
  signature: 'no signature',
};
const request = (more: object = {}): JsonObject => ({ jsonrpc: '2.0', id: 1, method: 'm', ...more });
const signed = (more: object = {}) => request({ mcps: ENVELOPE, ...more });

describe('openEnvelope', () => {
  it('takes a message apart and checks no signature', () => {
    const opened = openEnvelope(deepFreeze(signed({ params: { a: 1 } })));
    expect(opened).toMatchObject({
      carrier: 'top-level',
      kind: 'request',
      message: request({ params: { a: 1 } }),
      envelope: { passportId: PASSPORT_ID, timestamp: NOW_TEXT, signature: 'no signature' },
    });
    expect(Object.isFrozen(opened)).toBe(true);
  });

  it('opens an unsigned message too', () => {
    const received = { method: 'n', params: { list: [1] } };
    const opened = openEnvelope(received);
    expect(opened).toEqual({ carrier: 'none', kind: 'notification', message: { method: 'n', params: { list: [1] } } });
    received.params.list.push(2);
    expect(opened.message).toEqual({ method: 'n', params: { list: [1] } });
  });

  it('never takes a broken envelope for none', () => {
    for (const value of [
      null,
      false,
      0,
      '',
      [],
      {},
      { ...ENVELOPE, nonce: undefined },
      { ...ENVELOPE, version: null },
    ]) {
      expect(reasonOf(() => openEnvelope(request({ mcps: value })))).toBe('envelope_malformed');
      expect(reasonOf(() => openEnvelope(request({ params: { _meta: { [ENVELOPE_KEY]: value } } })))).toBe(
        'envelope_malformed',
      );
    }
  });

  it('refuses material that has no canonical form, and so no meaning of its own', () => {
    for (const value of [
      Number.NaN,
      Infinity,
      '\ud800',
      { '\udfff': 1 },
      () => 1,
      1n,
      [undefined],
      new Date(0),
      new Map(),
    ]) {
      expect(reasonOf(() => openEnvelope(signed({ params: { value } })))).toBe('message_not_canonical');
    }
  });

  it('refuses versions it does not speak, and says which ones it does', () => {
    for (const version of ['2.0', '1.1', '', '1', 'constructor']) {
      const received = request({ mcps: { ...ENVELOPE, version } });
      expect(reasonOf(() => openEnvelope(received))).toBe('version_unsupported');
    }
    expect(reasonOf(() => openEnvelope(request({ mcps: { version: '2.0', whatever: 1 } })))).toBe(
      'version_unsupported',
    );
  });

  it('names the first fault of several: limits, kind, containers, carrier, envelope, canonical form, version', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`);
    const faults: [string, object][] = [
      ['message_too_deep', { params: { deep } }],
      ['message_kind_ambiguous', { result: {} }],
      ['container_not_object', { params: { _meta: null } }],
      ['carrier_ambiguous', { params: { bad: Number.NaN, _meta: { [ENVELOPE_KEY]: {} } } }],
      ['carrier_created_invalid', { mcps: { ...ENVELOPE, version: '2.0', created: [] } }],
      ['envelope_malformed', { mcps: { ...ENVELOPE, nonce: '' }, params: { bad: Number.NaN } }],
      ['message_not_canonical', { mcps: { ...ENVELOPE, version: '2.0' }, params: { bad: Number.NaN } }],
      ['version_unsupported', { mcps: { ...ENVELOPE, version: '2.0' } }],
    ];
    let later: object = {};
    for (const [reason, fault] of faults.toReversed()) {
      expect(reasonOf(() => openEnvelope({ ...signed(), ...fault }))).toBe(reason);
      later = { ...later, ...fault };
      expect(reasonOf(() => openEnvelope({ ...signed(), ...later }))).toBe(reason);
    }
  });

  it('holds to the limits that it is given', () => {
    expect(reasonOf(() => openEnvelope(signed(), { limits: { maxKeys: 3 } }))).toBe('message_too_large');
    expect(reasonOf(() => openEnvelope('x'.repeat(11), { limits: { maxStringLength: 10 } }))).toBe('message_too_large');
    expect(openEnvelope(signed({ params: { a: [[[]]] } }), { limits: { maxDepth: 5 } }).kind).toBe('request');
    expect(reasonOf(() => openEnvelope(signed({ params: { a: [[[]]] } }), { limits: { maxDepth: 4 } }))).toBe(
      'message_too_deep',
    );
    expect(() => openEnvelope(signed(), { limits: { maxDepth: 0 } })).toThrow(ConfigurationError);
  });

  it('refuses a batch', () => {
    expect(reasonOf(() => openEnvelope([signed()]))).toBe('message_not_object');
  });
});
