import { open } from 'node:fs/promises';
import { UsageError } from './arguments.js';

/** A private key for P-256 is a few hundred bytes in any form. */
const MAX_BYTES = 16_384;

/**
 * Reads a private key file. On POSIX systems it must be a regular file to which group and others have no access at all; looked at and read through one
 * handle, so that nobody swaps the file in between. No error repeats what is in it.
 *
 * @throws UsageError
 */
export async function readKeyFile(path: string, platform: NodeJS.Platform = process.platform): Promise<string> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw new UsageError(`The private key file cannot be opened (${errorCode(error)}).`);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new UsageError('The private key file is no regular file.');
    if (platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new UsageError('The private key file is open to group or others: its mode must be 0600 or 0400.');
    }
    if (stats.size > MAX_BYTES) throw new UsageError('The private key file is too large to be one.');
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** `ENOENT`, `EACCES` and the like. */
export function errorCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
