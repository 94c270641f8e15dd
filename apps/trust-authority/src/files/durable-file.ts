import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface WriteDurablyOptions {
  /** Refuse with `EEXIST` where the file is there already, also when another process makes it in the same moment. Default: replace it. */
  readonly exclusive?: boolean;
}

/**
 * Writes a whole file, mode 0600, so that after a crash at any moment there is either what was before or all of the new content under its name,
 * and so that it has reached the disk when this resolves.
 */
export async function writeFileDurably(
  path: string,
  content: Uint8Array | string,
  { exclusive = false }: WriteDurablyOptions = {},
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (exclusive) {
      // Unlike a rename, a link never replaces what is there.
      await link(temporary, path);
      await unlink(temporary);
    } else {
      await rename(temporary, path);
    }
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Removes a file; the removal has reached the disk when this resolves. */
export async function removeFileDurably(path: string): Promise<void> {
  await unlink(path);
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; its file systems journal names by themselves.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
