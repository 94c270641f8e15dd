import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { AuditError, systemCode } from '../error.js';
import { rotatedNumbers, rotatedPath } from './rotated-names.js';

const writeLater = promisify(write);

export interface AppendFileOptions {
  /** How many rotated files are kept beside the one that is written. */
  readonly maxFiles: number;
  /** Permissions of a file that is created. */
  readonly mode: number;
}

/**
 * A file of whole lines that is only ever appended to, and rotated: `path.1` is the newest of the older files. What was written in part, because the disk was full
 * for one, is taken back, so that a line is there as a whole or not at all. Made for one writer.
 */
export class AppendFile {
  readonly path: string;
  readonly #options: AppendFileOptions;
  #descriptor: number | undefined;
  #isClosed = false;
  #size = 0;
  /** Bytes at the end that belong to no line, and could not be taken back yet. */
  #torn = 0;

  /** @throws AuditError `file_unusable` */
  constructor(path: string, options: AppendFileOptions) {
    this.path = path;
    this.#options = options;
    this.#reach();
  }

  /** Bytes in the file that is written. */
  get size(): number {
    return this.#size;
  }

  /** @throws AuditError `write_failed`, `file_unusable`, `closed` */
  append(text: string): void {
    const descriptor = this.#whole();
    const bytes = Buffer.from(text);
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(descriptor, bytes, done);
    } catch (error) {
      throw this.#takeBack(done, error);
    }
    this.#size += bytes.length;
  }

  /** The same on a thread of the runtime's pool; one at a time. Rejects with AuditError `write_failed`, `file_unusable`, `closed`. */
  async appendLater(text: string): Promise<void> {
    const descriptor = this.#whole();
    const bytes = Buffer.from(text);
    let done = 0;
    try {
      while (done < bytes.length) done += (await writeLater(descriptor, bytes, done)).bytesWritten;
    } catch (error) {
      throw this.#takeBack(done, error);
    }
    this.#size += bytes.length;
  }

  /** Asks the system to bring what was written to the disk. @throws AuditError `write_failed`, `file_unusable`, `closed` */
  sync(): void {
    const descriptor = this.#reach();
    try {
      fsyncSync(descriptor);
    } catch (error) {
      throw writeFault(error);
    }
  }

  /** Cuts the file to a length. @throws AuditError `write_failed`, `file_unusable`, `closed` */
  truncate(size: number): void {
    const descriptor = this.#reach();
    try {
      ftruncateSync(descriptor, size);
    } catch (error) {
      throw writeFault(error);
    }
    this.#size = size;
  }

  /**
   * Begins a new file: this one becomes `path.1`, `path.1` becomes `path.2`, and what is over the number to keep is deleted.
   *
   * @throws AuditError `write_failed`, `file_unusable`, `closed`
   */
  rotate(): void {
    const descriptor = this.#whole();
    this.#descriptor = undefined;
    try {
      closeSync(descriptor);
      this.#shift();
    } catch (error) {
      throw writeFault(error);
    }
    this.#reach();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #shift(): void {
    const { maxFiles } = this.#options;
    for (const number of rotatedNumbers(this.path).reverse()) {
      const from = rotatedPath(this.path, number);
      if (number >= maxFiles) rmSync(from);
      else renameSync(from, rotatedPath(this.path, number + 1));
    }
    if (maxFiles === 0) rmSync(this.path);
    else renameSync(this.path, rotatedPath(this.path, 1));
  }

  /** The open file. It is opened again where that has failed once. */
  #reach(): number {
    if (this.#isClosed) throw new AuditError('closed', 'The audit file is closed.');
    if (this.#descriptor !== undefined) return this.#descriptor;
    try {
      const descriptor = openSync(this.path, 'a', this.#options.mode);
      this.#descriptor = descriptor;
      const status = fstatSync(descriptor);
      this.#size = status.size;
      this.#torn = 0;
      return descriptor;
    } catch (error) {
      const message = `An audit file cannot be opened (${systemCode(error)}).`;
      throw new AuditError('file_unusable', message, { cause: error });
    }
  }

  /** The open file, after what is torn at its end has been taken back. */
  #whole(): number {
    const descriptor = this.#reach();
    if (this.#torn === 0) return descriptor;
    const error = this.#takeBack(0, undefined);
    if (this.#torn > 0) throw error;
    return descriptor;
  }

  #takeBack(written: number, error: unknown): AuditError {
    this.#torn += written;
    if (this.#torn > 0 && this.#descriptor !== undefined) {
      try {
        ftruncateSync(this.#descriptor, this.#size);
        this.#torn = 0;
      } catch {
        // It is tried again before the next write, and nothing is written before it has been done.
      }
    }
    return writeFault(error);
  }
}

function writeFault(error: unknown): AuditError {
  if (error instanceof AuditError) return error;
  return new AuditError('write_failed', `An audit file cannot be written (${systemCode(error)}).`, { cause: error });
}
