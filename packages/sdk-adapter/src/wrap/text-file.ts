import { readFile } from 'node:fs/promises';
import { UsageError } from './arguments.js';
import { errorCode } from './error-code.js';

/**
 * Reads a file that holds no secret.
 *
 * @throws UsageError
 */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The ${what} file cannot be read (${errorCode(error)}).`, { cause: error });
  }
}
