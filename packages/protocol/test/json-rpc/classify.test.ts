import { describe, expect, it } from 'vitest';
import { classifyMessage } from '../../src/json-rpc/index.js';
import { reasonOf } from '../support/refusal.js';

describe('classifyMessage', () => {
  it.each([
    ['request', { jsonrpc: '2.0', id: 0, method: 'ping' }],
    ['request', { id: '', method: '' }],
    ['request', { id: 1, method: 'm', params: {}, result: undefined, error: undefined }],
    ['notification', { method: 'n', params: { _meta: {} } }],
    ['notification', { method: 'n', id: undefined, params: undefined }],
    ['result', { id: 'a', result: {} }],
    ['result', { id: 'a', result: { _meta: { x: 1 } }, params: [] }],
    ['error', { id: 1, error: {} }],
    ['error', { id: null, error: { code: 1, message: '', data: null } }],
    ['error', { error: { code: 1, message: '', data: [] } }],
    ['error', { id: 1, error: { _meta: null } }],
  ])('says %s', (kind, message) => {
    expect(classifyMessage(message)).toEqual({ kind, message });
    expect(classifyMessage(message).message).toBe(message);
  });

  it.each([undefined, null, true, 1, 'text', [], [{ id: 1, method: 'm' }]])(
    'refuses %j, which is no object',
    (value) => {
      expect(reasonOf(() => classifyMessage(value))).toBe('message_not_object');
    },
  );

  it.each([
    {},
    { id: 1 },
    { jsonrpc: '2.0', id: 1, params: {} },
    { id: 1, method: 'm', result: {} },
    { id: 1, method: 'm', error: {} },
    { id: 1, result: {}, error: {} },
    { id: 1, method: 'm', result: {}, error: {} },
    { id: 1, method: 'm', result: null },
    { id: 1, method: null, result: {} },
    { id: 1, method: 1 },
    { id: 1, method: null },
    { id: 1, method: ['m'] },
    { id: null, method: 'm' },
    { id: true, method: 'm' },
    { id: {}, method: 'm' },
    { id: null, result: {} },
    { result: {} },
    { id: [], error: {} },
  ])('refuses %j, of no one kind', (value) => {
    expect(reasonOf(() => classifyMessage(value))).toBe('message_kind_ambiguous');
  });

  it.each([
    { id: 1, method: 'm', params: null },
    { id: 1, method: 'm', params: [] },
    { id: 1, method: 'm', params: 'text' },
    { id: 1, method: 'm', params: { _meta: null } },
    { id: 1, method: 'm', params: { _meta: [] } },
    { method: 'm', params: { _meta: 1 } },
    { id: 1, result: null },
    { id: 1, result: [] },
    { id: 1, result: 'text' },
    { id: 1, result: false },
    { id: 1, result: { _meta: null } },
    { id: 1, result: { _meta: [] } },
    { id: 1, error: null },
    { id: 1, error: [] },
    { id: 1, error: 'text' },
  ])('refuses %j, whose container is no object', (value) => {
    expect(reasonOf(() => classifyMessage(value))).toBe('container_not_object');
  });

  it('reads own members only', () => {
    const polluted = Object.create({ method: 'm', id: 1 }) as object;
    expect(reasonOf(() => classifyMessage(polluted))).toBe('message_kind_ambiguous');
    const proto = JSON.parse('{"__proto__":{"method":"m"},"id":1,"result":{}}') as object;
    expect(classifyMessage(proto).kind).toBe('result');
  });
});
