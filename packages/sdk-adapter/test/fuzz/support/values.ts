import type { Random } from './random.js';

export type Json = null | boolean | number | string | Json[] | JsonMembers;
export interface JsonMembers {
  [name: string]: Json;
}

/** Names that mean something to us, to JavaScript or to a careless reader. Where they stand here, they are data. */
const TRICKY_NAMES: readonly [string, ...string[]] = [
  'mcps',
  'dev.mcps/envelope',
  'dev.mcps/value',
  'dev.mcps/re',
  '_meta',
  'constructor',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'id',
  'method',
  'params',
  'result',
  'error',
  'jsonrpc',
  'progressToken',
  'message_hash',
  'signature',
  'nonce',
  '0',
  '1',
  '10',
  '007',
  '4294967295',
  '-1',
  '1e3',
  '',
  ' ',
  '\u20ac',
  '\u{1F600}',
  '\ufb33',
  'e\u0301',
  '\u00e9',
  '\r',
  '\u0080',
  '</script>',
];

const NUMBERS: readonly [number, ...number[]] = [
  0,
  -0,
  1,
  -1,
  1.5,
  -0.1,
  0.1 + 0.2,
  1e-7,
  1.000000000000001e-6,
  5e-324,
  2.2250738585072014e-308,
  1e-300,
  4.35,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 31,
  -(2 ** 32),
  4_503_599_627_370_495.5,
];

const PIECES: readonly [string, ...string[]] = [
  'plain words',
  '"quoted"',
  'back\\slash',
  '/',
  '\u0000',
  '\u001f\u0008\t\n\r\f',
  '\u007f\u0085',
  '\u2028\u2029',
  '\ufeff',
  '\uffff\ufffd',
  'e\u0301 and \u00e9',
  '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}',
  '\u{10FFFF}',
  '\u05d0\u202e',
  '\\u0041',
  '\\ud800',
  '{"mcps":1}',
  'data: x\n\ndata: y',
  '\u6f22\u5b57',
];

export function someString(random: Random): string {
  if (random.chance(0.1)) return '';
  if (random.chance(0.01)) return random.pick(PIECES).repeat(1 + random.below(300));
  let text = '';
  for (let pieces = 1 + random.below(3); pieces > 0; pieces -= 1) text += random.pick(PIECES);
  return text;
}

function someNumber(random: Random): number {
  if (random.chance(0.4)) return random.pick(NUMBERS);
  if (random.chance(0.5)) return random.below(1_000_000) - 500_000;
  return (random.next() - 0.5) * 10 ** (random.below(30) - 20);
}

function someName(random: Random): string {
  if (random.chance(0.35)) return random.pick(TRICKY_NAMES);
  return `${random.pick(['a', 'name', 'value', 'item', 'x-y', 'Z'])}${random.below(40)}`;
}

/** A value of any type, nested up to `depth` levels. */
export function someValue(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 10 : 6);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind < 4) return someNumber(random);
  if (kind < 6) return someString(random);
  return kind < 8 ? Array.from({ length: random.below(4) }, () => someValue(random, depth - 1)) : nested(random, depth);
}

/** Members whose names are not taken, as they stand directly in something that MCP gives a meaning to. */
export function someMembers(random: Random, depth: number, count = random.below(4)): JsonMembers {
  const members: JsonMembers = {};
  for (let left = count; left > 0; left -= 1) {
    const name = someName(random);
    if (!hasMeaning(name)) members[name] = someValue(random, depth);
  }
  return members;
}

/** What a place of its own in the protocol means, and so may not be made up there. */
const hasMeaning = (name: string): boolean =>
  name === '_meta' || name === 'progressToken' || name.startsWith('dev.mcps/');

function nested(random: Random, depth: number): JsonMembers {
  const members: JsonMembers = {};
  for (let left = random.below(4); left > 0; left -= 1) members[someName(random)] = someValue(random, depth - 1);
  // An own member of that name, as JSON has it: an assignment would set the prototype.
  if (random.chance(0.02))
    Object.defineProperty(members, '__proto__', {
      value: someValue(random, 0),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return members;
}
