import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseJson } from '@mcps/crypto';
import { ConfigurationError } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { errorCode } from '../errors/error-code.js';
import { isObject } from '../files/read-input.js';

/** The name of a file for any text: a command line or URL may hold what belongs in no name of a file, and secrets. */
export function fileNameOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Reads an entry; `undefined` where there is none.
 *
 * @throws ConfigurationError `state_unavailable` for anything else: what was remembered must not be forgotten in silence.
 */
export async function readEntry(path: string): Promise<JsonObject | undefined> {
  let value: unknown;
  try {
    value = parseJson(await readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unavailable(path, error);
  }
  if (!isObject(value) || value['version'] !== 1) throw unavailable(path);
  return value;
}

/**
 * Keeps an entry where there is none. One file for each, which appears whole or not at all: of processes that come at the same time, one is first, and no lock is
 * left behind by those that end in between. Returns whether it was added.
 *
 * @throws ConfigurationError `state_unavailable`
 */
export async function addEntry(path: string, entry: JsonObject): Promise<boolean> {
  return written(path, entry, async (draft) => {
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(draft);
    }
  });
}

/** Replaces an entry: a reader sees the old one or the new one. @throws ConfigurationError `state_unavailable` */
export async function replaceEntry(path: string, entry: JsonObject): Promise<void> {
  await written(path, entry, (draft) => rename(draft, path));
}

/** The names in a folder that may not be there yet. @throws ConfigurationError `state_unavailable` */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw unavailable(folder, error);
  }
}

async function written<Result>(
  path: string,
  entry: JsonObject,
  place: (draft: string) => Promise<Result>,
): Promise<Result> {
  const folder = dirname(path);
  // No name that is an entry's.
  const draft = join(folder, `.${randomUUID()}.new`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ version: 1, ...entry })}\n`);
      // On the disk before its name is: after a crash there is no empty entry.
      await file.sync();
    } finally {
      await file.close();
    }
    return await place(draft);
  } catch (error) {
    throw unavailable(path, error);
  }
}

export function unavailable(path: string, cause?: unknown): ConfigurationError {
  const why = cause === undefined ? 'it is damaged' : errorCode(cause);
  const message = `What is remembered in ${path} cannot be used (${why}).`;
  return new ConfigurationError('state_unavailable', message, cause === undefined ? {} : { cause });
}
