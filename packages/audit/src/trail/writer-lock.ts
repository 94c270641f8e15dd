import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createNonce } from '@mcps/crypto';
import { AuditError, systemCode } from '../error.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** The tokens of this process, whichever copy of the package took them: a lock with our pid and another token is left over from before a restart. */
const HELD = Symbol.for('mcps.audit.locks');
const shared = globalThis as { [HELD]?: Set<string> };
const held = (shared[HELD] ??= new Set());

/**
 * Takes the lock of a trail, the file `path.lock`, and returns how to give it back. A lock whose process is gone is taken over; one of another machine never is,
 * as nobody here can tell.
 *
 * @throws AuditError `trail_locked`, `file_unusable`
 */
export function takeLock(path: string): () => void {
  const own: Holder = { pid: process.pid, host: hostname(), token: createNonce() };
  const draft = `${path}.lock.${own.token}`;
  let lock: string;
  try {
    lock = join(realpathSync(dirname(path)), `${basename(path)}.lock`);
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw unusable(error);
  }
  try {
    if (!isLinked(draft, lock)) {
      removeStale(lock, own.token);
      if (!isLinked(draft, lock)) throw locked();
    }
  } finally {
    rmSync(draft, { force: true });
  }
  held.add(own.token);
  return () => {
    held.delete(own.token);
    if (holderOf(lock)?.token === own.token) rmSync(lock, { force: true });
  };
}

/** A link appears with its content, or not at all: nobody reads a lock that is half written. */
function isLinked(draft: string, lock: string): boolean {
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw unusable(error);
  }
}

function removeStale(lock: string, token: string): void {
  const holder = holderOf(lock);
  if (holder === undefined || !isGone(holder)) throw locked();
  const aside = `${lock}.stale.${token}`;
  try {
    renameSync(lock, aside);
  } catch {
    throw locked();
  }
  // Somebody may have taken it over in between: then theirs was moved, and is put back.
  if (holderOf(aside)?.token !== holder.token) isLinked(aside, lock);
  rmSync(aside, { force: true });
}

function isGone({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return !held.has(token);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

function holderOf(lock: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(lock, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, token } = value as Partial<Holder>;
    if (!Number.isSafeInteger(pid) || pid === undefined || pid <= 0) return undefined;
    return typeof host === 'string' && typeof token === 'string' ? { pid, host, token } : undefined;
  } catch {
    return undefined;
  }
}

function locked(): AuditError {
  return new AuditError(
    'trail_locked',
    'Another writer has this audit trail. If it is gone for certain, delete the file that ends in `.lock`.',
  );
}

function unusable(error: unknown): AuditError {
  const message = `The lock of an audit trail cannot be made (${systemCode(error)}).`;
  return new AuditError('file_unusable', message, { cause: error });
}
