import { expect, it } from 'vitest';
import {
  hasMember,
  isEmptyObject,
  isObject,
  member,
  withMember,
  withoutMember,
  withoutMembers,
} from '../../src/json-rpc/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { deepFreeze, textOf } from '../support/messages.js';

const proto = () => JSON.parse('{"__proto__":{"a":1},"b":2}') as JsonObject;

it('tells objects from everything else', () => {
  expect([{}, Object.create(null)].every(isObject)).toBe(true);
  expect([null, undefined, [], 'text', 1, true].some(isObject)).toBe(false);
});

it('reads own members only', () => {
  expect(member({}, 'constructor')).toBeUndefined();
  expect(member({}, '__proto__')).toBeUndefined();
  expect(member(proto(), '__proto__')).toEqual({ a: 1 });
  expect(member(proto(), 'a')).toBeUndefined();
  expect(hasMember({ a: undefined, b: null }, 'a')).toBe(false);
  expect(hasMember({ a: undefined, b: null }, 'b')).toBe(true);
  expect(hasMember({}, 'toString')).toBe(false);
});

it('copies with and without a member, __proto__ included, and mutates nothing', () => {
  const object = deepFreeze(proto());
  expect(textOf(withMember(object, 'c', 3))).toBe('{"__proto__":{"a":1},"b":2,"c":3}');
  expect(textOf(withMember({ b: 2 }, '__proto__', { a: 1 }))).toBe('{"__proto__":{"a":1},"b":2}');
  expect(textOf(withoutMember(object, 'b'))).toBe('{"__proto__":{"a":1}}');
  expect(textOf(withoutMember(object, '__proto__'))).toBe('{"b":2}');
  expect(textOf(withoutMembers(object, new Set(['b', 'c'])))).toBe('{"__proto__":{"a":1}}');
  expect(textOf(withoutMembers(object, new Set(['__proto__', 'b'])))).toBe('{}');
  expect(Object.getPrototypeOf(withMember({}, '__proto__', { a: 1 }))).toBe(Object.prototype);
});

it('sees whether an object is empty', () => {
  expect(isEmptyObject({})).toBe(true);
  expect(isEmptyObject(Object.create({ inherited: 1 }) as JsonObject)).toBe(true);
  expect(isEmptyObject(JSON.parse('{"__proto__":null}') as JsonObject)).toBe(false);
  expect(isEmptyObject({ a: undefined })).toBe(false);
});
