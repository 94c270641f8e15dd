import { open, stat, unlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isErrno } from './errno.js';

const RETRY_MS = 5;
const PATIENCE_MS = 5_000;
/** Nobody holds a lock for as long as this: whoever made it has died. */
const ABANDONED_MS = 30_000;

/**
 * Runs something while no other process does so under the same lock: a file that only one can create. A lock that was left behind is taken over.
 *
 * Rejects where the lock is held for too long, and as `run` does.
 */
export async function withFileLock<T>(path: string, run: () => Promise<T>): Promise<T> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!(await acquire(path))) {
    if (Date.now() > deadlineMs) throw new Error('another process holds its lock');
    await pause(RETRY_MS + Math.random() * RETRY_MS);
  }
  try {
    return await run();
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const age = await ageOf(path);
  if (age !== undefined && age > ABANDONED_MS) await unlink(path).catch(() => undefined);
  return false;
}

async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
