import type { Wire } from '../../harness/message.js';
import type { Random } from './random.js';

/** The same value, with the members of its objects in another order. */
export function reordered(random: Random, value: Wire): Wire {
  if (Array.isArray(value)) return value.map((item) => reordered(random, item));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Wire = {};
  for (const name of random.shuffle(Object.keys(value)))
    Object.defineProperty(copy, name, {
      value: reordered(random, value[name]),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return copy;
}

/** A JSON text that means the same value: other white space, other escapes, other spellings of numbers. */
export function respelled(random: Random, value: Wire, lineEnds: boolean): string {
  const space = (): string =>
    random.chance(0.2) ? random.pick(lineEnds ? [' ', '\t', '\n', '\r\n', '  '] : [' ', '\t', '  ']) : '';
  const spell = (part: Wire): string => space() + text(part) + space();
  const text = (part: Wire): string => {
    if (typeof part === 'string') return respelledString(random, part);
    if (typeof part === 'number') return respelledNumber(random, part);
    if (Array.isArray(part)) return `[${part.length === 0 ? space() : part.map(spell).join()}]`;
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const names = random.shuffle(Object.keys(part));
    if (names.length === 0) return `{${space()}}`;
    return `{${names.map((name) => `${spell(name)}:${spell(part[name])}`).join()}}`;
  };
  return spell(value);
}

function respelledString(random: Random, value: string): string {
  const escapes = random.chance(0.3) ? 0.3 : 0;
  return `"${Array.from({ length: value.length }, (_, at) => {
    const unit = value.charAt(at);
    const plain = JSON.stringify(unit).slice(1, -1);
    // A half of a pair may be escaped only where the other is.
    if (/[\ud800-\udfff]/.test(unit)) return escapes > 0 ? escaped(random, unit) : unit;
    if (unit === '/' && random.chance(escapes)) return '\\/';
    return random.chance(escapes) ? escaped(random, unit) : plain;
  }).join('')}"`;
}

function escaped(random: Random, unit: string): string {
  const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
  return `\\u${random.chance(0.5) ? digits : digits.toUpperCase()}`;
}

function respelledNumber(random: Random, value: number): string {
  const plain = JSON.stringify(value);
  if (plain.includes('e') || random.chance(0.6)) return plain;
  if (plain.includes('.')) return random.pick([`${plain}0`, `${plain}e0`, `${plain}E+00`]);
  return random.pick([`${plain}.0`, `${plain}e0`, `${plain}E-0`]);
}
