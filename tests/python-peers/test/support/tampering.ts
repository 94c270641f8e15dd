/** A document of JSON after somebody on the way changed one thing in it. */
export interface Tampered {
  /** Where the change is, as a path of member names. */
  readonly where: string;
  readonly document: any;
}

/** Another value of the same type. In a text one character is another: of a base64 text there is another value then, and not the same with a foreign character. */
function otherThan(value: unknown): unknown {
  if (typeof value === 'string') return `${value.startsWith('A') ? 'B' : 'A'}${Array.from(value).slice(1).join('')}`;
  if (typeof value === 'number') return value === 7 ? 8 : 7;
  if (typeof value === 'boolean') return !value;
  if (value === null) return false;
  return null;
}

function* placesIn(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (path.length > 0) yield path;
  if (Array.isArray(value)) for (const index of value.keys()) yield* placesIn(value[index], [...path, index]);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) yield* placesIn(member, [...path, name]);
  }
}

function changeAt(
  document: any,
  path: readonly (string | number)[],
  change: (holder: any, name: string | number) => void,
): any {
  const copy = structuredClone(document);
  const holder = path.slice(0, -1).reduce((value, name) => value[name], copy);
  change(holder, path.at(-1)!);
  return copy;
}

/** An own member even where the name is `__proto__`. */
const put = (holder: any, name: string | number, value: unknown): void =>
  void Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });

/** Every document that differs from this one in one value, and those with one member more or less. `spared` are paths that no signature covers. */
export function tamperedCopies(document: any, spared: readonly string[] = []): Tampered[] {
  const copies: Tampered[] = [{ where: 'a member added', document: { ...document, added: 1 } }];
  for (const path of placesIn(document)) {
    const where = path.join('/');
    if (spared.some((prefix) => where === prefix || where.startsWith(`${prefix}/`))) continue;
    copies.push({
      where,
      document: changeAt(document, path, (holder, name) => put(holder, name, otherThan(holder[name]))),
    });
    if (typeof path.at(-1) === 'string') {
      copies.push({
        where: `${where} taken out`,
        document: changeAt(document, path, (holder, name) => delete holder[name]),
      });
    }
  }
  return copies;
}
