import { canonicalize } from '@mcps/crypto';
import type { JsonValue } from '@mcps/crypto';
import { pythonFloat } from './python-float.js';
import { NotReproducibleError } from './python-value.js';
import type { PythonNumber, PythonValue } from './python-value.js';

/**
 * Whether the order of members is part of what is signed (`significant`), or they are sorted before (`sorted`).
 */
export type MemberOrder = 'significant' | 'sorted';

/**
 * Reads a parsed value as Python would hold it. Throws `CryptoError` `json_*` for what is no JSON, and `NotReproducibleError` where Python's
 * view cannot be told.
 */
export function readValue(value: unknown, maxDepth: number, order: MemberOrder): PythonValue {
  // Refuses whatever is no JSON, so that the conversion sees only plain objects, dense arrays and finite numbers.
  canonicalize(value, { maxDepth });
  return convert(value as JsonValue, order);
}

function convert(value: JsonValue, order: MemberOrder): PythonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, order));
  const names = Object.keys(value);
  if (order === 'significant' && names.length > 1 && names.some(isArrayIndex)) {
    throw new NotReproducibleError('Members named by array indices have lost their order: give the text');
  }
  const members = new Map<string, PythonValue>();
  for (const name of names) {
    const member = value[name];
    if (member !== undefined) members.set(name, convert(member, order));
  }
  return members;
}

/**
 * Whole numbers count as integers, which is what they nearly always were; where Python wrote `1.0`, the signature does not verify. A negative
 * zero and whole numbers outside the safe range may have been either, or have lost digits: refused.
 */
function number(value: number): PythonNumber {
  if (!Number.isInteger(value)) return { spelling: pythonFloat(value) };
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new NotReproducibleError('A whole number may have been an integer or a float: give the text');
  }
  return { spelling: String(value) };
}

/** ECMAScript lists members with such names first, in ascending order, wherever they stood. */
function isArrayIndex(name: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(name) && Number(name) < 0xffff_ffff;
}
