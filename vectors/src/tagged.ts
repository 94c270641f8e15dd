/** Values that JSON cannot write stand as objects with one of these members, see the description of the suite canonical-json. */
const TAGS: Readonly<Record<string, (argument: unknown) => unknown>> = {
  $undefined: () => undefined,
  $number: (text) => Number(text),
  $bigint: (text) => BigInt(String(text)),
  $symbol: () => Symbol('tagged'),
  $function: () => () => undefined,
  $utf16: (units) => String.fromCharCode(...(units as string[]).map((unit) => Number.parseInt(unit, 16))),
  $sparse: (length) => new Array<unknown>(Number(length)),
  $date: (milliseconds) => new Date(Number(milliseconds)),
  $map: () => new Map(),
  $tojson: () => ({ toJSON: () => 'decided by itself' }),
  $entries: (entries) => {
    const object: Record<string, unknown> = {};
    for (const [name, value] of entries as [unknown, unknown][]) {
      const own = { value: decodeTagged(value), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(object, String(decodeTagged(name)), own);
    }
    return object;
  },
  $nest: (depth) => {
    let value: unknown[] = [];
    for (let level = 1; level < Number(depth); level += 1) value = [value];
    return value;
  },
  $cycle: () => {
    const object: Record<string, unknown> = {};
    object['self'] = object;
    return object;
  },
};

/** The value that a tagged JSON value stands for. */
export function decodeTagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeTagged);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  const decode =
    entries.length === 1 && first !== undefined && Object.hasOwn(TAGS, first[0]) ? TAGS[first[0]] : undefined;
  if (decode !== undefined) return decode(first?.[1]);
  return Object.fromEntries(entries.map(([name, item]) => [name, decodeTagged(item)]));
}
