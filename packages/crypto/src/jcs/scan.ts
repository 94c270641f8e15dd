import { CryptoError } from '../error.js';
import type { ParseLimits } from './limits.js';
import { isRepresentable } from './number.js';
import { refuseTooLarge } from './refusal.js';

/** The state of one call. The functions below take the offset of a token and return the offset behind it. */
interface Scan {
  readonly text: string;
  readonly limits: ParseLimits;
  members: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A number or a literal name: everything up to a character that can follow a value. */
const SCALAR = /[^\s,\]}]+/y;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** So short a token without a fraction or an exponent is an integer that a double holds. */
const SMALL_INTEGER = /^-?[0-9]{1,15}$/;

/**
 * Walks over a JSON text (RFC 8259) before anything is built of it, applies the limits, and returns the number
 * of members of all its objects. What is inside of strings is left to JSON.parse, which reads the text next.
 *
 * @throws CryptoError `json_syntax`, `json_trailing_data`, `json_too_deep`, `json_too_large`, `json_too_many_keys`,
 * `json_number_range`
 */
export function scanText(text: string, limits: ParseLimits): number {
  const scan: Scan = { text, limits, members: 0 };
  const end = skipWhitespace(text, scanValue(scan, skipWhitespace(text, 0), 0));
  if (end < text.length) throw new CryptoError('json_trailing_data', `Data after the value, at offset ${end}`);
  return scan.members;
}

function scanValue(scan: Scan, at: number, depth: number): number {
  switch (scan.text.charCodeAt(at)) {
    case QUOTE:
      return scanString(scan, at);
    case OPEN_OBJECT:
      if (depth >= scan.limits.maxDepth) throw tooDeep(scan);
      return scanObject(scan, at, depth + 1);
    case OPEN_ARRAY:
      if (depth >= scan.limits.maxDepth) throw tooDeep(scan);
      return scanArray(scan, at, depth + 1);
    default:
      return scanScalar(scan, at);
  }
}

function scanObject(scan: Scan, open: number, depth: number): number {
  const { text } = scan;
  let at = skipWhitespace(text, open + 1);
  if (text.charCodeAt(at) === CLOSE_OBJECT) return at + 1;
  for (;;) {
    scan.members += 1;
    if (scan.members > scan.limits.maxKeys) {
      throw new CryptoError('json_too_many_keys', `More than ${scan.limits.maxKeys} members`);
    }
    if (text.charCodeAt(at) !== QUOTE) throw syntax('a member name', at);
    at = skipWhitespace(text, scanString(scan, at));
    if (text.charCodeAt(at) !== COLON) throw syntax('a colon', at);
    at = skipWhitespace(text, scanValue(scan, skipWhitespace(text, at + 1), depth));
    const next = text.charCodeAt(at);
    if (next === CLOSE_OBJECT) return at + 1;
    if (next !== COMMA) throw syntax('a comma or the end of the object', at);
    at = skipWhitespace(text, at + 1);
  }
}

function scanArray(scan: Scan, open: number, depth: number): number {
  const { text } = scan;
  let at = skipWhitespace(text, open + 1);
  if (text.charCodeAt(at) === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = skipWhitespace(text, scanValue(scan, at, depth));
    const next = text.charCodeAt(at);
    if (next === CLOSE_ARRAY) return at + 1;
    if (next !== COMMA) throw syntax('a comma or the end of the array', at);
    at = skipWhitespace(text, at + 1);
  }
}

function scanString(scan: Scan, open: number): number {
  const { text } = scan;
  let close = text.indexOf('"', open + 1);
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  if (close === -1) throw syntax('the end of the string', open);
  const { maxStringLength } = scan.limits;
  if (close - open - 1 > maxStringLength && unescapedLength(text.slice(open, close + 1), open) > maxStringLength) {
    throw refuseTooLarge('A string or member name');
  }
  return close + 1;
}

/** Whether an odd number of backslashes stands in front of a quotation mark of a string. */
function isEscaped(text: string, quote: number): boolean {
  let start = quote;
  while (text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return (quote - start) % 2 === 1;
}

function unescapedLength(token: string, at: number): number {
  try {
    return String(JSON.parse(token)).length;
  } catch {
    throw syntax('a string', at);
  }
}

function scanScalar(scan: Scan, at: number): number {
  SCALAR.lastIndex = at;
  const token = SCALAR.exec(scan.text)?.[0] ?? '';
  if (!SMALL_INTEGER.test(token) && token !== 'true' && token !== 'false' && token !== 'null') {
    if (!NUMBER.test(token)) throw syntax('a value', at);
    if (!isRepresentable(token)) {
      throw new CryptoError('json_number_range', `A number that a double does not hold, at offset ${at}`);
    }
  }
  return at + token.length;
}

/** Space, tab, line feed, carriage return (RFC 8259, section 2). */
function skipWhitespace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return at;
    at += 1;
  }
}

function tooDeep(scan: Scan): CryptoError {
  return new CryptoError('json_too_deep', `Nested deeper than ${scan.limits.maxDepth}`);
}

function syntax(expected: string, at: number): CryptoError {
  return new CryptoError('json_syntax', `Not JSON: expected ${expected} at offset ${at}`);
}
