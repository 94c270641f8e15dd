import type { JsonObject } from '@mcps/protocol';

/**
 * Copies the plain objects and arrays of a message, so that what is signed later is what was given now, whatever the caller does to its own object in
 * between. Everything else (numbers that are not finite, functions, instances of classes) stays as it is, for the signer to refuse. Shared parts and
 * cycles are copied once, and nothing recurses, so that no input can make this slow or overflow the stack.
 */
export function snapshotMessage(message: object): JsonObject {
  const copies = new Map<object, Container>();
  const open: [source: Container, copy: Container][] = [];
  const copyOf = (value: unknown): unknown => {
    if (!isPlainContainer(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy: Container = Array.isArray(value) ? new Array<unknown>(value.length) : emptyLike(value);
    copies.set(value, copy);
    open.push([value, copy]);
    return copy;
  };
  const root = copyOf(message);
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [source, copy] = pair;
    for (const key of Object.keys(source)) {
      const value = copyOf(Reflect.get(source, key));
      // A member called `__proto__` must become a member, not a prototype.
      if (key === '__proto__')
        Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
      else Reflect.set(copy, key, value);
    }
  }
  return root as JsonObject;
}

type Container = Record<string, unknown> | unknown[];

function isPlainContainer(value: unknown): value is Container {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function emptyLike(value: object): Record<string, unknown> {
  return Object.getPrototypeOf(value) === null ? (Object.create(null) as Record<string, unknown>) : {};
}
