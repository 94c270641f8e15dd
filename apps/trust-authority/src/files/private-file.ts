import { constants } from 'node:fs';
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';

/** A file or folder that keeps secrets is open to others than its owner, or is not what it should be. */
export class PrivateFileError extends Error {
  override readonly name = 'PrivateFileError';
  readonly code: 'file_not_private' | 'file_not_regular' | 'file_too_large';

  constructor(code: PrivateFileError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Windows has access lists instead of modes, and Node reports made-up modes there. */
const HAS_MODES = process.platform !== 'win32';

/**
 * Reads a file that keeps a secret. What is checked is what is read: the open file, not its name.
 *
 * @param maxBytes the most bytes that the file may have
 * @throws PrivateFileError where group or others have any access, it belongs to another user, is no regular file or is too large; the system's error
 *   (`ENOENT` and so on) where it cannot be opened
 */
export async function readPrivateFile(path: string, maxBytes: number): Promise<Uint8Array> {
  // A named pipe would block the opening until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new PrivateFileError('file_not_regular', `${path} is not a regular file.`);
    checkPrivate(path, stats);
    const buffer = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > maxBytes) {
      throw new PrivateFileError('file_too_large', `${path} has more than the ${maxBytes} bytes that it may have.`);
    }
    const content = buffer.slice(0, length);
    buffer.fill(0);
    return content;
  } finally {
    await file.close();
  }
}

/**
 * Makes a folder for secrets, mode 0700, with the folders above it, or checks the one that is there.
 *
 * @throws PrivateFileError where group or others have any access to it, or it belongs to another user
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true, mode: 0o700 });
  // The umask may have taken bits away; it never adds any.
  if (created !== undefined && HAS_MODES) await chmod(path, 0o700);
  const stats = await stat(path);
  if (!stats.isDirectory()) throw new PrivateFileError('file_not_regular', `${path} is not a folder.`);
  checkPrivate(path, stats);
}

function checkPrivate(path: string, stats: Stats): void {
  if (!HAS_MODES) return;
  const user = process.geteuid?.();
  // What belongs to the superuser is safe from everybody whom the mode keeps out.
  if (user !== undefined && stats.uid !== user && stats.uid !== 0) {
    throw new PrivateFileError('file_not_private', `${path} belongs to another user (${stats.uid}); it keeps secrets.`);
  }
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    const wanted = stats.isDirectory() ? '0700' : '0600';
    throw new PrivateFileError(
      'file_not_private',
      `${path} keeps secrets, and others than its owner have access (mode ${mode}): chmod ${wanted} ${path}`,
    );
  }
}
