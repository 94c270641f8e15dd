/**
 * RFC 8785 by the letter and slowly: strings character by character, names sorted by arrays of code units.
 * Shares nothing with the package; knows JSON values alone.
 */
export function reference(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return JSON.stringify(value);
  if (typeof value === 'string') return referenceString(value);
  if (Array.isArray(value)) return `[${value.map(reference).join(',')}]`;
  const members = Object.entries(value as Record<string, unknown>);
  members.sort(([a], [b]) => compareCodeUnits(a, b));
  return `{${members.map(([name, member]) => `${referenceString(name)}:${reference(member)}`).join(',')}}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

function referenceString(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const short = SHORT_ESCAPES[character];
    const code = character.codePointAt(0) ?? 0;
    if (short !== undefined) quoted += short;
    else if (code < 0x20) quoted += `\\u00${code.toString(16).padStart(2, '0')}`;
    else quoted += character;
  }
  return `${quoted}"`;
}

function compareCodeUnits(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
