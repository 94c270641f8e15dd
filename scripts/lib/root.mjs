import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository, without a trailing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * Reads a JSON file as an object.
 *
 * @param {string} path
 * @returns {Record<string, any>}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
