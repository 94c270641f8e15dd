import { isWellFormed } from '../encoding/utf8.js';
import type { WriteLimits } from './limits.js';
import type { After } from './member.js';
import { AFTER_BRACE, AFTER_OTHER, AFTER_STRING } from './member.js';
import { memberOrder } from './member-order.js';
import { hasGetter } from './property.js';
import {
  refuseArrayKeys,
  refuseDepth,
  refuseLoneSurrogate,
  refuseNotPlain,
  refuseNumber,
  refuseProperty,
  refuseSymbols,
  refuseTooLarge,
  refuseType,
} from './refusal.js';
import { hasEscapedSurrogate } from './surrogates.js';

/** Text that is not flat yet is made so at this length: one long chain of concatenations costs more to follow. */
const CHUNK_LENGTH = 4096;

/** Up to this length a look for characters to escape and a concatenation beat JSON.stringify. */
const SHORT_STRING_LENGTH = 256;

/** From this length an array of scalars is worth a call of JSON.stringify. */
const LONG_ARRAY_LENGTH = 16;

/** What RFC 8785, section 3.2.2.2 escapes (quotation mark, backslash, controls), and surrogates, which need a closer look. */
const SPECIAL = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

// Operands of `+`: a template converts each of its parts to a string, which costs time when they are strings.
const QUOTE = '"';
const COMMA = ',';
const OPEN_ARRAY = '[';
const CLOSE_ARRAY = ']';
const EMPTY_ARRAY = '[]';
const EMPTY_OBJECT = '{}';
const CLOSE_OBJECT = '}';
const CLOSE_STRING_AND_OBJECT = '"}';
const TRUE = 'true';
const FALSE = 'false';
const NULL = 'null';

/** The state of one call. */
interface Run {
  readonly limits: WriteLimits;
  /** The containers around the value that is being written. */
  readonly path: object[];
  /** Finished text, in front of the text that the functions below pass on. */
  done: string;
  /** Whether anything has been escaped since text was finished last: a lone surrogate is. */
  escaped: boolean;
}

/**
 * The canonical text of `value`.
 *
 * The functions below take the text before a value and return it with the value appended, because a local is
 * much cheaper to append to than a property. Every value is read once, so what was checked is what is written.
 *
 * @throws CryptoError `json_*`
 */
export function writeText(value: unknown, limits: WriteLimits): string {
  const run: Run = { limits, path: [], done: '', escaped: false };
  finish(write(value, 0, '', run), run);
  return run.done;
}

function write(value: unknown, depth: number, text: string, run: Run): string {
  switch (typeof value) {
    case 'string':
      if (value.length > run.limits.maxStringLength) throw refuseTooLarge('A string');
      return isSimple(value) ? text + QUOTE + value + QUOTE : appendQuoted(value, text, run);
    case 'number':
      if (!Number.isFinite(value)) throw refuseNumber();
      // Number::toString of ECMAScript is the form of RFC 8785, section 3.2.2.3, and gives 0 for -0.
      return text + String(value);
    case 'boolean':
      return text + (value ? TRUE : FALSE);
    case 'object':
      if (value === null) return text + NULL;
      if (depth >= run.limits.maxDepth) throw refuseDepth(value, run.path, run.limits.maxDepth);
      run.path[depth] = value;
      return Array.isArray(value) ? writeArray(value, depth + 1, text, run) : writeObject(value, depth + 1, text, run);
    default:
      throw refuseType(value);
  }
}

function writeObject(object: object, depth: number, before: string, run: Run): string {
  const { assumePlain, maxStringLength } = run.limits;
  if (!assumePlain) checkObject(object);
  const names = Object.keys(object);
  if (names.length === 0) return before + EMPTY_OBJECT;
  let text = before;
  let after: After = AFTER_BRACE;
  for (const member of memberOrder(names)) {
    const { name } = member;
    // Reading the descriptor instead of the property runs no code of an accessor.
    const value: unknown = assumePlain ? own(object, name) : Object.getOwnPropertyDescriptor(object, name)?.value;
    if (name.length > maxStringLength) throw refuseTooLarge('A member name');
    if (typeof value === 'string' && isSimple(value) && value.length <= maxStringLength) {
      text = text + member.beforeString[after] + value;
      after = AFTER_STRING;
    } else if (value === undefined || typeof value === 'function') {
      throw refuseProperty(object, name);
    } else {
      text = write(value, depth, text + member.beforeOther[after], run);
      after = AFTER_OTHER;
    }
    if (text.length > CHUNK_LENGTH) text = finish(text, run);
  }
  return text + (after === AFTER_STRING ? CLOSE_STRING_AND_OBJECT : CLOSE_OBJECT);
}

function writeArray(array: readonly unknown[], depth: number, before: string, run: Run): string {
  const { assumePlain } = run.limits;
  if (!assumePlain) checkArray(array);
  const { length } = array;
  if (length === 0) return before + EMPTY_ARRAY;
  const literals = length >= LONG_ARRAY_LENGTH ? literalsText(array, assumePlain) : undefined;
  if (literals !== undefined) {
    finish(before, run);
    return keep(literals, run);
  }
  let text = before + OPEN_ARRAY;
  for (let i = 0; i < length; i += 1) {
    if (!assumePlain && hasGetter(array, i)) throw refuseProperty(array, i);
    const value = array[i];
    if (value === undefined) throw refuseProperty(array, i);
    text = write(value, depth, i === 0 ? text : text + COMMA, run);
    if (text.length > CHUNK_LENGTH) text = finish(text, run);
  }
  return text + CLOSE_ARRAY;
}

/** The text of an array that holds numbers, booleans and null alone; undefined for any other. */
function literalsText(array: readonly unknown[], assumePlain: boolean): string | undefined {
  const read: unknown[] = [];
  for (let i = 0; i < array.length; i += 1) {
    if (!assumePlain && hasGetter(array, i)) return undefined;
    const value = array[i];
    if (typeof value === 'number' ? !Number.isFinite(value) : typeof value !== 'boolean' && value !== null) {
      return undefined;
    }
    read.push(value);
  }
  // A library that extends Array.prototype would have its say here.
  return 'toJSON' in read ? undefined : JSON.stringify(read);
}

/** Appends a string that {@link isSimple} does not take. */
function appendQuoted(value: string, text: string, run: Run): string {
  if (value.length > run.limits.maxBytes) throw refuseTooLarge('The text');
  if (value.length < CHUNK_LENGTH) {
    run.escaped = true;
    return text + JSON.stringify(value);
  }
  if (!isWellFormed(value)) throw refuseLoneSurrogate();
  finish(text, run);
  return keep(JSON.stringify(value), run);
}

/** Whether `value` is short and stands between quotation marks as it is. */
function isSimple(value: string): boolean {
  return value.length < SHORT_STRING_LENGTH && !SPECIAL.test(value);
}

/** Puts `text`, in which a lone surrogate stands as an escape, behind the finished text. Returns the empty rest. */
function finish(text: string, run: Run): string {
  // Also makes a long text flat, so that the chain of its concatenations can go.
  if ((run.escaped || text.length > CHUNK_LENGTH) && hasEscapedSurrogate(text)) throw refuseLoneSurrogate();
  run.escaped = false;
  return keep(text, run);
}

function keep(text: string, run: Run): string {
  if (run.done.length + text.length > run.limits.maxBytes) throw refuseTooLarge('The text');
  run.done += text;
  return '';
}

function checkObject(object: object): void {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw refuseNotPlain('an object of a class');
  checkSymbols(object);
}

function checkArray(array: readonly unknown[]): void {
  if (Object.getPrototypeOf(array) !== Array.prototype) throw refuseNotPlain('an array of a class');
  checkSymbols(array);
  if (Object.keys(array).length !== array.length) throw refuseArrayKeys(array);
}

function own(object: object, name: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[name];
}

function checkSymbols(owner: object): void {
  const symbols = Object.getOwnPropertySymbols(owner);
  if (symbols.length === 0) return;
  const refusal = refuseSymbols(owner, symbols);
  if (refusal !== undefined) throw refusal;
}
