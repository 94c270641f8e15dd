import { constants } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalize } from '@mcps/crypto';
import { AuthorityError } from '../error.js';
import { follows } from '../ledger/state.js';
import type { LedgerState } from '../ledger/state.js';
import { readWitnessRecord } from './read-record.js';
import type { EpochWitness, WitnessRecord } from './witness.js';

export interface FileWitnessOptions {
  /** The file; its folder is made when it is missing. */
  readonly path: string;
  /** The issuer name: a witness of another authority is refused. */
  readonly authority: string;
}

/**
 * A witness in a small JSON file. Each record is written beside the last one, synced, and renamed over it; then the folder is synced: after a crash there is
 * the one or the other, whole.
 */
export class FileWitness implements EpochWitness {
  readonly #path: string;
  readonly #authority: string;
  #recorded: WitnessRecord | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ path, authority }: FileWitnessOptions) {
    this.#path = path;
    this.#authority = authority;
  }

  async read(): Promise<WitnessRecord | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw unavailable(error);
    }
    const record = readWitnessRecord(text, this.#path);
    if (record.authority !== this.#authority) {
      throw new AuthorityError(
        'witness_unavailable',
        `${this.#path} is the witness of ${record.authority}, not of ${this.#authority}.`,
      );
    }
    this.#recorded = record;
    return record;
  }

  /** Writes only what tells of more revocations, or of another era; the size of the log goes along with these. */
  async advance(state: LedgerState): Promise<void> {
    const recorded = this.#recorded;
    if (recorded?.era === state.era && recorded.epoch >= state.epoch) return;
    await this.record(state);
  }

  record({ era, epoch, treeSize, rootHash }: LedgerState): Promise<void> {
    const record = { authority: this.#authority, era, epoch, treeSize, rootHash };
    const written = this.#writing.then(async () => {
      // A state that was read earlier may come later.
      if (this.#recorded !== undefined && !follows(record, this.#recorded)) return;
      await write(this.#path, `${canonicalize(record)}\n`);
      this.#recorded = record;
    });
    this.#writing = written.catch(() => undefined);
    return written.catch((error: unknown) => {
      throw unavailable(error);
    });
  }
}

async function write(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  await syncFolder(folder);
}

/** Makes the renaming durable. Windows cannot sync a folder, and does not need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unavailable(cause: unknown): AuthorityError {
  return new AuthorityError('witness_unavailable', 'The witness of the revocations cannot be read or written.', {
    cause,
  });
}
