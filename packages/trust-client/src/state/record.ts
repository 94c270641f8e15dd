/** Reads what we have written ourselves. Throws for anything else: a damaged record is no absent one. */
export function readRecord(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('A record is damaged');
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

export function wholeNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
