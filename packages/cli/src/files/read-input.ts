import { readFile, stat } from 'node:fs/promises';
import { parseJson } from '@mcps/crypto';
import type { JsonObject } from '@mcps/protocol';
import { CliError, UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';
import type { CliProcess } from '../process.js';

/** No message, passport or list of tools that anybody accepts is longer. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file, or standard input for `-` and for no name at all.
 *
 * @throws UsageError where there is nothing to read; CliError `file` where it is too long.
 */
export async function readInput(path: string | undefined, { stdin }: Pick<CliProcess, 'stdin'>): Promise<string> {
  if (path !== undefined && path !== '-') return readText(path, 'input');
  if (path === undefined && stdin.isTTY === true) {
    throw new UsageError('There is no input.', { reason: 'input_missing', nextStep: 'Name a file, or pipe it in.' });
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    chunks.push(bytes);
    length += bytes.length;
    if (length > MAX_BYTES) throw tooLong('input');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads a file that holds no secret.
 *
 * @param what it is, for the message
 * @throws UsageError
 */
export async function readText(path: string, what: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw tooLong(what);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new UsageError(`The ${what} file cannot be read (${errorCode(error)}).`, {
      reason: 'file_unreadable',
      nextStep: 'Check the name of the file, and whether you may read it.',
      cause: error,
    });
  }
}

function tooLong(what: string): CliError {
  return new CliError('file', `The ${what} is too long to be one.`, { reason: 'too_large' });
}

/**
 * Reads JSON strictly: no duplicate members, no numbers that a double does not hold.
 *
 * @throws CliError `json`
 */
export function parseInput(text: string, what: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new CliError('json', `The ${what} is not JSON that everybody reads alike (${errorCode(error)}).`, {
      reason: errorCode(error),
      exitCode: 1,
      cause: error,
    });
  }
}

/** As {@link parseInput}, of an object. */
export function parseObject(text: string, what: string): JsonObject {
  const value = parseInput(text, what);
  if (isObject(value)) return value;
  throw new CliError('json', `The ${what} must be a JSON object.`, { reason: 'not_an_object', exitCode: 1 });
}

/** Whether a value is an object in the sense of JSON: no array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
