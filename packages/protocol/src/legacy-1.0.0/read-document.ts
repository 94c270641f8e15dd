import type { JsonObject } from '../json-rpc/index.js';
import { NotReproducibleError, isPythonObject } from './python-value.js';
import type { PythonObject, PythonValue } from './python-value.js';
import { readText } from './read-text.js';
import { readValue } from './read-value.js';
import type { MemberOrder } from './read-value.js';

/**
 * A document of the earlier format: its JSON text as it came, as a string or as UTF-8 bytes, or the object parsed from it.
 *
 * Prefer the text. A parsed object has lost what Python signs: whether a number was written `1` or `1.0`, and the place of members whose names
 * are array indices.
 */
export type LegacyDocument = string | Uint8Array | JsonObject;

/** Deeper nesting is refused, before anything recurses. */
const MAX_DEPTH = 64;

/**
 * Reads a document into Python's view of it. Text must be strict JSON (RFC 8259, I-JSON numbers and strings, no duplicate member), at most
 * 4 MiB.
 *
 * Throws `CryptoError` `json_*` for what is no such JSON, and `NotReproducibleError` where a parsed object leaves open what Python wrote.
 */
export function readDocument(source: LegacyDocument, order: MemberOrder): PythonObject {
  const isText = typeof source === 'string' || source instanceof Uint8Array;
  return expectObject(isText ? readText(source, MAX_DEPTH) : readValue(source, MAX_DEPTH, order));
}

/**
 * Reads an object that is going to be signed, and sent as what `JSON.stringify` makes of it: text would say more than that can.
 *
 * Throws as {@link readDocument} does.
 */
export function readObject(source: JsonObject, order: MemberOrder): PythonObject {
  return expectObject(readValue(source, MAX_DEPTH, order));
}

function expectObject(value: PythonValue): PythonObject {
  if (!isPythonObject(value)) throw new NotReproducibleError('The document is not an object');
  return value;
}
