import { isWellFormed } from '../encoding/utf8.js';
import type { JsonValue } from './types.js';

/** The number of members of all objects in a value of bounded depth. */
export function countMembers(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object') count += countMembers(element);
    return count;
  }
  for (const name of Object.keys(value)) {
    const member = value[name];
    count += 1;
    if (typeof member === 'object') count += countMembers(member);
  }
  return count;
}

/** Whether every string and member name in a value of bounded depth is well-formed Unicode. */
export function hasWellFormedStrings(value: JsonValue): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasWellFormedStrings);
  return Object.entries(value).every(([name, member]) => isWellFormed(name) && hasWellFormedStrings(member));
}
