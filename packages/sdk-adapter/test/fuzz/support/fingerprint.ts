/**
 * A text that is the same for the same JSON value, whatever the order of its members, and for no other. Written for these tests alone, so that it has nothing of
 * the canonical form that is signed. -0 is 0, as JSON.stringify has it; what JSON cannot hold is an error. Members that neither JSON nor a copy shows do not count:
 * by such a one a delivered request is tied to its caller.
 */
export function fingerprint(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`not JSON: ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, fingerprint).join()}]`;
  if (typeof value !== 'object') throw new Error(`not JSON: ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new Error('not a plain object');
  const members = Object.keys(value).map((name) => `${JSON.stringify(name)}:${fingerprint(Reflect.get(value, name))}`);
  return `{${members.sort().join()}}`;
}
