import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@mcps/protocol';
import { TrustClientError } from '../error.js';
import type { StateStore } from '../state/state-store.js';
import { isErrno } from './errno.js';
import { withFileLock } from './file-lock.js';

/** More than the largest status list. */
const MAX_BYTES = 80 * 1024 * 1024;
const NAME = /^[a-z0-9-]{1,120}$/;
/** Writing by anybody but the owner. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Keeps a client's state as files of one folder, readable and writable by their owner only. Each is replaced as a whole: a crash, or a loss of power, leaves the
 * old one or the new one. Any number of processes may share a folder.
 */
export class FolderState implements StateStore {
  readonly durable = true;
  readonly #turns = new Map<string, Promise<void>>();

  private constructor(readonly folder: string) {}

  /** Makes the folder where there is none. Rejects with `ConfigurationError` `option_invalid` for one that others can write to, and for what is no folder. */
  static async open(folder: string): Promise<FolderState> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { mode } = await stat(folder);
      if (process.platform !== 'win32' && (mode & WRITABLE_BY_OTHERS) !== 0)
        throw new ConfigurationError('option_invalid', 'The state folder can be written to by others than its owner.');
    } catch (cause) {
      if (cause instanceof ConfigurationError) throw cause;
      throw new ConfigurationError('option_invalid', 'The state folder cannot be used.', { cause });
    }
    return new FolderState(folder);
  }

  /** Rejects with `TrustClientError` `state_unavailable`. */
  async load(name: string): Promise<string | undefined> {
    return guarded(name, () => read(this.#path(name)));
  }

  /** Rejects with `TrustClientError` `state_unavailable`; what `change` throws passes through. */
  async update(name: string, change: (current: string | undefined) => string | undefined): Promise<void> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(() => this.#update(name, change));
    this.#turns.set(name, turn);
    return turn;
  }

  async #update(name: string, change: (current: string | undefined) => string | undefined): Promise<void> {
    const path = this.#path(name);
    let thrown: { readonly error: unknown } | undefined;
    await guarded(name, () =>
      withFileLock(`${path}.lock`, async () => {
        const current = await read(path);
        let next: string | undefined;
        try {
          next = change(current);
        } catch (error) {
          thrown = { error };
          return;
        }
        if (next !== undefined && next !== current) await replace(this.folder, path, next);
      }),
    );
    if (thrown !== undefined) throw thrown.error;
  }

  #path(name: string): string {
    if (!NAME.test(name)) throw new TypeError('The name of a state is 1 to 120 characters of a-z, 0-9 and -');
    return join(this.folder, name);
  }
}

async function read(path: string): Promise<string | undefined> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { mode, size } = await file.stat();
    if (process.platform !== 'win32' && (mode & WRITABLE_BY_OTHERS) !== 0)
      throw new Error('it can be written to by others than its owner');
    if (size > MAX_BYTES) throw new Error('it is too large');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function replace(folder: string, path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(content, 'utf8');
    await file.sync();
  } catch (error) {
    await file.close();
    await unlink(draft);
    throw error;
  }
  await file.close();
  await rename(draft, path);
  // Windows has no handle on a folder to sync.
  if (process.platform === 'win32') return;
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function guarded<T>(name: string, access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (cause) {
    if (cause instanceof TypeError) throw cause;
    throw new TrustClientError('state_unavailable', `The state ${name} cannot be read or written.`, { cause });
  }
}
