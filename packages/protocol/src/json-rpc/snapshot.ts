import { McpsError } from '../errors/index.js';
import { setMember } from './json-object.js';
import { DEFAULT_MESSAGE_LIMITS } from './limits.js';
import type { ResolvedMessageLimits } from './limits.js';

/**
 * Copies a JSON value in depth, so that nobody else holds a reference into it, and holds it to its limits while doing so.
 *
 * Object members whose value is `undefined` are dropped, -0 becomes 0 (RFC 8785 writes both alike), a getter is read once, and an own
 * `__proto__` member is copied as the data it is. What JSON cannot hold (functions, `NaN`, holes) is handed on as it stands, for
 * canonicalisation to refuse.
 *
 * Throws `McpsError`: `message_too_deep`, `message_too_large`, and `message_not_canonical` for an object that is no plain one.
 */
export function snapshot(value: unknown, limits: ResolvedMessageLimits = DEFAULT_MESSAGE_LIMITS): unknown {
  return new Copier(limits).copy(value, 1);
}

/** Holds a value to the limits. Throws as {@link snapshot} does. */
export function checkMessageLimits(value: unknown, limits: ResolvedMessageLimits = DEFAULT_MESSAGE_LIMITS): void {
  snapshot(value, limits);
}

class Copier {
  readonly #limits: ResolvedMessageLimits;
  #keys = 0;
  #elements = 0;
  #text = 0;

  constructor(limits: ResolvedMessageLimits) {
    this.#limits = limits;
  }

  copy(value: unknown, depth: number): unknown {
    if (typeof value === 'string') {
      this.#count(value);
      return value;
    }
    if (typeof value === 'number') return value === 0 ? 0 : value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth > this.#limits.maxDepth) throw new McpsError('message_too_deep');
    return Array.isArray(value) ? this.#copyArray(value, depth) : this.#copyObject(value, depth);
  }

  #copyArray(source: readonly unknown[], depth: number): unknown[] {
    const length = source.length;
    if ((this.#elements += length) > this.#limits.maxElements) throw new McpsError('message_too_large');
    const target: unknown[] = [];
    for (let index = 0; index < length; index += 1) target.push(this.copy(source[index], depth + 1));
    return target;
  }

  #copyObject(source: object, depth: number): Record<string, unknown> {
    const prototype: unknown = Object.getPrototypeOf(source);
    // A copy of the own members of, say, a Date would turn what must be refused into an innocent {}.
    if (prototype !== Object.prototype && prototype !== null) throw new McpsError('message_not_canonical');
    const names = Object.keys(source);
    if ((this.#keys += names.length) > this.#limits.maxKeys) throw new McpsError('message_too_large');
    const target: Record<string, unknown> = {};
    for (const name of names) {
      const value = this.copy((source as Record<string, unknown>)[name], depth + 1);
      if (value === undefined) continue;
      this.#count(name);
      setMember(target, name, value);
    }
    return target;
  }

  #count(text: string): void {
    const { maxStringLength, maxTextLength } = this.#limits;
    if (text.length > maxStringLength || (this.#text += text.length) > maxTextLength) {
      throw new McpsError('message_too_large');
    }
  }
}
