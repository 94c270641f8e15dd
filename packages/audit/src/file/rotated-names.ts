import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The numbers of the files that a file has been rotated to, `1` the newest, in ascending order. */
export function rotatedNumbers(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((suffix) => /^[1-9]\d{0,8}$/.test(suffix))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The path of a rotated file. */
export function rotatedPath(path: string, number: number): string {
  return join(dirname(path), `${basename(path)}.${number}`);
}
