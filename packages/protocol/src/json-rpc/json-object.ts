/** A JSON object whose members are not known yet. Read it with {@link member}, never through the prototype chain. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/** Whether a value is an object in the sense of JSON: no array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object, `undefined` where there is none: `__proto__` and `constructor` mean nothing here. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether an object has a member of its own by that name. One whose value is `undefined` counts as absent, as it has no form in JSON. */
export function hasMember(object: JsonObject, name: string): boolean {
  return Object.hasOwn(object, name) && object[name] !== undefined;
}

/** Sets an own member of an object under construction. Assigning to `__proto__` would change its prototype instead. */
export function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[name] = value;
  }
}

/** A shallow copy with one member set. */
export function withMember(object: JsonObject, name: string, value: unknown): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const own of Object.keys(object)) setMember(copy, own, object[own]);
  setMember(copy, name, value);
  return copy;
}

/** A shallow copy with one member left out. */
export function withoutMember(object: JsonObject, name: string): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const own of Object.keys(object)) if (own !== name) setMember(copy, own, object[own]);
  return copy;
}

/** A shallow copy with several members left out. */
export function withoutMembers(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  const copy: Record<string, unknown> = {};
  for (const own of Object.keys(object)) if (!names.has(own)) setMember(copy, own, object[own]);
  return copy;
}

/** Whether an object has no member of its own. */
export function isEmptyObject(object: JsonObject): boolean {
  for (const name in object) {
    if (Object.hasOwn(object, name)) return false;
  }
  return true;
}
