import { decodeUtf8, parseJson } from '@mcps/crypto';
import { pythonFloat } from './python-float.js';
import { NotReproducibleError } from './python-value.js';
import type { PythonNumber, PythonObject, PythonValue } from './python-value.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = /[ \t\n\r]*/y;
const WORD = /[-+.0-9A-Za-z]*/y;

/** Reads JSON text as Python does. Throws `CryptoError` `json_*` for what the strict parser refuses. */
export function readText(source: string | Uint8Array, maxDepth: number): PythonValue {
  // The strict parser decides what is well formed; the reader below relies on that, and adds only the spelling of numbers and the order.
  parseJson(source, { maxDepth });
  return new TextReader(typeof source === 'string' ? source : decodeUtf8(source)).value();
}

/** Reads text that is known to be well-formed JSON of bounded depth. */
class TextReader {
  readonly #text: string;
  #end = 0;
  #token = '';

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  value(): PythonValue {
    const token = this.#token;
    if (token === '') throw unexpected();
    if (token === '{') return this.#object();
    if (token === '[') return this.#array();
    this.#next();
    if (token.startsWith('"')) return unquote(token);
    if (token === 'null') return null;
    if (token === 'true' || token === 'false') return token === 'true';
    return literal(token);
  }

  #next(): void {
    const start = this.#after(SPACE, this.#end);
    const first = this.#text.charAt(start);
    if (first === '"') this.#end = this.#afterString(start);
    else if ('{}[],:'.includes(first)) this.#end = start + 1;
    else this.#end = this.#after(WORD, start);
    this.#token = this.#text.slice(start, this.#end);
  }

  #after(pattern: RegExp, start: number): number {
    pattern.lastIndex = start;
    pattern.test(this.#text);
    return pattern.lastIndex;
  }

  #afterString(start: number): number {
    let index = start + 1;
    while (index < this.#text.length && this.#text.charCodeAt(index) !== QUOTE) {
      index += this.#text.charCodeAt(index) === BACKSLASH ? 2 : 1;
    }
    return index + 1;
  }

  #object(): PythonObject {
    const members = new Map<string, PythonValue>();
    this.#next();
    while (this.#token !== '}') {
      const name = unquote(this.#token);
      this.#next();
      this.#next();
      members.set(name, this.value());
      if (this.#token === ',') this.#next();
    }
    this.#next();
    return members;
  }

  #array(): PythonValue[] {
    const items: PythonValue[] = [];
    this.#next();
    while (this.#token !== ']') {
      items.push(this.value());
      if (this.#token === ',') this.#next();
    }
    this.#next();
    return items;
  }
}

function unquote(token: string): string {
  const text: unknown = token.startsWith('"') ? JSON.parse(token) : undefined;
  if (typeof text !== 'string') throw unexpected();
  return text;
}

/** Only where this reader and the strict parser disagree. */
function unexpected(): NotReproducibleError {
  return new NotReproducibleError('An unexpected token');
}

/** Python reads a literal with a fraction or an exponent as a float, any other as an integer. */
function literal(token: string): PythonNumber {
  if (/[.eE]/.test(token)) return { spelling: pythonFloat(Number(token)) };
  return { spelling: token === '-0' ? '0' : token };
}
