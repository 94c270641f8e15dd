import { open, stat } from 'node:fs/promises';
import { McpsError, SignedListStatusSource } from '@mcps/protocol';
import type { NumberState, TrustAnchors } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';
import type { StatusFeed } from './status-feed.js';

/** How often the files are looked at, milliseconds: far less than the age that is accepted of a list. */
const INTERVAL_MS = 1_000;

/** Of how many looks at a file that could not be used one tries again. */
const RETRY_EVERY = 10;

/** The largest status list there may be. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface StatusFilesOptions {
  readonly anchors: TrustAnchors;
  /** Where the number of the latest list is remembered. Default: in memory. */
  readonly numbers?: NumberState;
  /** Told of every list that is not taken. */
  readonly report: (error: Error) => void;
  readonly intervalMs?: number;
}

/**
 * Feeds a source of status from files that hold a signed status list each, and reads each again when it has changed. A list that is older than the one
 * before, not authentic or not whole is reported and changes nothing: the one before counts until it is too old.
 *
 * @throws UsageError for a file that cannot be read, or whose list cannot be used, at the beginning.
 */
export async function feedFromFiles(paths: readonly string[], options: StatusFilesOptions): Promise<StatusFeed> {
  const { anchors, numbers, report, intervalMs = INTERVAL_MS } = options;
  const source = new SignedListStatusSource({ anchors, ...(numbers === undefined ? {} : { state: numbers }) });
  const files = paths.map((path) => new StatusFile(path, source));
  for (const file of files) {
    const fault = await file.refresh();
    if (fault !== undefined) throw new UsageError(fault);
  }
  let busy = false;
  const refresh = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (const file of files) {
      const fault = await file.refresh();
      if (fault !== undefined) report(new Error(fault));
    }
    busy = false;
  };
  const timer = setInterval(() => void refresh(), intervalMs);
  timer.unref();
  return { source, close: () => clearInterval(timer) };
}

/** One file, and what was made of it last. */
class StatusFile {
  #taken: string | undefined;
  #failed: string | undefined;
  #passedOver = 0;

  constructor(
    private readonly path: string,
    private readonly source: SignedListStatusSource,
  ) {}

  /** Reads the file where it is another than before. Returns what is wrong with it, once for each state of the file. */
  async refresh(): Promise<string | undefined> {
    const state = await this.#look();
    if (state === this.#taken || this.#isPassedOver(state)) return undefined;
    const isNew = state !== this.#failed;
    try {
      await this.source.update(await this.#read());
      this.#taken = state;
      this.#failed = undefined;
      return undefined;
    } catch (error) {
      this.#failed = state;
      const reason = error instanceof McpsError ? error.reason : errorCode(error);
      return isNew ? `The status list ${this.path} cannot be used (${reason}).` : undefined;
    }
  }

  /** What failed may succeed later, a list from the future for one, but a large one is not worth reading every time. */
  #isPassedOver(state: string): boolean {
    if (state !== this.#failed) return false;
    this.#passedOver += 1;
    return this.#passedOver % RETRY_EVERY !== 0;
  }

  /** What tells one state of the file from another: one that was replaced has another number, one that was written to another time or size. */
  async #look(): Promise<string> {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(this.path, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    } catch (error) {
      return errorCode(error);
    }
  }

  async #read(): Promise<Uint8Array> {
    const handle = await open(this.path, 'r');
    try {
      const stats = await handle.stat();
      if (!stats.isFile() || stats.size > MAX_BYTES) throw new McpsError('status_invalid');
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }
}
