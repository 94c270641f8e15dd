import { randomUUID } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';
import { UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';

export interface WriteOptions {
  /** Whether a file of that name may be replaced. */
  readonly force: boolean;
}

/**
 * Writes a file with a secret in it: for its owner alone, from its first byte on.
 *
 * @throws UsageError where the file exists and `force` is not given, or cannot be written.
 */
export function writePrivateFile(path: string, text: string, options: WriteOptions): Promise<void> {
  return write(path, text, 0o600, options);
}

/** As {@link writePrivateFile}, for everybody to read. */
export function writePublicFile(path: string, text: string, options: WriteOptions): Promise<void> {
  return write(path, text, 0o644, options);
}

async function write(path: string, text: string, mode: number, { force }: WriteOptions): Promise<void> {
  // A file that is replaced keeps nothing of the old one, its mode least of all.
  const target = force ? `${path}.${randomUUID()}.tmp` : path;
  try {
    await writeFile(target, text.endsWith('\n') ? text : `${text}\n`, { flag: 'wx', mode });
    if (force) await rename(target, path);
  } catch (error) {
    if (force) await unlink(target).catch(() => undefined);
    const code = errorCode(error);
    throw new UsageError(
      code === 'EEXIST' ? `${path} exists already, and is not overwritten.` : `${path} cannot be written (${code}).`,
      {
        reason: code === 'EEXIST' ? 'file_exists' : 'file_unwritable',
        nextStep: code === 'EEXIST' ? 'Choose another name, or replace it with --force.' : 'Check the folder.',
        cause: error,
      },
    );
  }
}
