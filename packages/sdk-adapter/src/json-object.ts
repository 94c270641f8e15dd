import type { JsonObject, JsonRpcId } from '@mcps/protocol';

/** Whether a value is an object in the sense of JSON: no array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object, `undefined` where there is none: `__proto__` and `constructor` mean nothing here. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether a value can be the id of a request. */
export function isId(value: unknown): value is JsonRpcId {
  return typeof value === 'string' || typeof value === 'number';
}

/** The id of a message; `undefined` where it has none. */
export function idOf(message: JsonObject): JsonRpcId | undefined {
  const id = member(message, 'id');
  return isId(id) ? id : undefined;
}

/** The id of a request; `undefined` for any other message. */
export function requestIdOf(message: JsonObject): JsonRpcId | undefined {
  return member(message, 'method') === undefined ? undefined : idOf(message);
}

/** The id that a response answers; `undefined` for any other message. */
export function answeredIdOf(message: JsonObject): JsonRpcId | undefined {
  return member(message, 'method') === undefined ? idOf(message) : undefined;
}
