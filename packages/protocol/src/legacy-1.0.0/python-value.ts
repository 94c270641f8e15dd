import type { JsonValue } from '@mcps/crypto';

/** A number by the text that Python writes for it: Python tells `1` from `1.0`, a double does not. */
export interface PythonNumber {
  readonly spelling: string;
}

/** A JSON document as Python holds it: members in their order, whatever their names, and numbers that keep what kind they are. */
export type PythonValue = null | boolean | string | PythonNumber | readonly PythonValue[] | PythonObject;

/** The members of an object, in order. */
export type PythonObject = ReadonlyMap<string, PythonValue>;

/** A document that Python's form cannot be told of from what is at hand. */
export class NotReproducibleError extends Error {
  override readonly name = 'NotReproducibleError';
}

export function isPythonObject(value: PythonValue | undefined): value is PythonObject {
  return value instanceof Map;
}

function isPythonArray(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

/** What separates tokens, and in which order members come. */
interface Style {
  readonly comma: string;
  readonly colon: string;
  readonly entries: (object: PythonObject) => Iterable<[string, PythonValue]>;
}

const DEFAULT_STYLE: Style = { comma: ', ', colon: ': ', entries: (object) => object };

const SORTED_STYLE: Style = {
  comma: ',',
  colon: ':',
  entries: (object) => [...object].sort(([left], [right]) => compareCodePoints(left, right)),
};

/** The text that Python's `json.dumps` writes with its defaults: spaced, in the order of the members, ASCII only. */
export function dumps(value: PythonValue): string {
  return write(value, DEFAULT_STYLE);
}

/** The text without spaces, members sorted by code point, ASCII only: what the earlier format signs for a passport. Not RFC 8785. */
export function dumpsSorted(value: PythonValue): string {
  return write(value, SORTED_STYLE);
}

function write(value: PythonValue, style: Style): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return pythonString(value);
  if (isPythonArray(value)) return `[${value.map((item) => write(item, style)).join(style.comma)}]`;
  if (!isPythonObject(value)) return value.spelling;
  const members: string[] = [];
  for (const [name, member] of style.entries(value))
    members.push(pythonString(name) + style.colon + write(member, style));
  return `{${members.join(style.comma)}}`;
}

/** Everything but the printable characters of ASCII is escaped, by UTF-16 code unit. */
function pythonString(text: string): string {
  // What JSON.stringify leaves as it is and Python does not: DEL and all that is not ASCII.
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Python compares strings by code point; `<` compares UTF-16 code units, which puts U+E000 to U+FFFF after all of the supplementary planes. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Puts the surrogates, which stand for the supplementary planes, above every other code unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The plain JSON value of a document. A member named `__proto__` becomes an ordinary own member. */
function toJsonValue(value: PythonValue): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (isPythonArray(value)) return value.map(toJsonValue);
  if (!isPythonObject(value)) return Number(value.spelling);
  return toJsonObject(value);
}

/** {@link toJsonValue} of an object. */
export function toJsonObject(object: PythonObject): { [name: string]: JsonValue } {
  const result: { [name: string]: JsonValue } = {};
  for (const [name, member] of object) {
    Object.defineProperty(result, name, {
      value: toJsonValue(member),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}
