import { encodeBase64 } from '@mcps/crypto';
import { formatTimestamp } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { AppendFile } from '../file/append-file.js';
import type { AuditRecord } from '../record/audit-record.js';
import { sealed, signedBytes } from './trail-line.js';
import type { CheckpointKind, CheckpointLine } from './trail-line.js';

/** What a writer asks for on its way: a signature, or that a text is appended to the file. */
export type WriterStep = { readonly sign: Uint8Array } | { readonly write: string };
/** Is answered with the signature, or with nothing. What fails is thrown into it. */
export type WriterSteps<Result = void> = Generator<WriterStep, Result, Uint8Array | undefined>;

/** The last line of a trail. */
export interface TrailEnd {
  readonly trail: string;
  readonly seq: number;
  readonly hash: string;
}

export interface WriterOptions {
  readonly file: AppendFile;
  readonly maxBytes: number;
  readonly checkpointEvery: number;
  /** Thumbprint of the key. */
  readonly key: string;
  readonly clock: Clock;
  readonly onCheckpoint: (line: CheckpointLine) => void;
  /** Is told when a checkpoint that is due could not be made; entries go on being written. */
  readonly onFault: (error: unknown) => void;
}

/** Makes the lines of a trail. One call at a time; a line that could not be written has not been made. */
export class TrailWriter {
  readonly #options: WriterOptions;
  #end: TrailEnd;
  #unsigned = 0;
  /** A batch of which a part has been written: when it comes again, that part is not written twice. */
  #begun: { readonly batch: readonly AuditRecord[]; readonly written: number } | undefined;

  constructor(options: WriterOptions, end: TrailEnd) {
    this.#options = options;
    this.#end = end;
  }

  /** Entries since the last checkpoint. */
  get unsigned(): number {
    return this.#unsigned;
  }

  *append(batch: readonly AuditRecord[]): WriterSteps {
    let written = this.#begun?.batch === batch ? this.#begun.written : 0;
    this.#begun = undefined;
    try {
      while (written < batch.length) {
        if (this.#isFull()) yield* this.#tried('rotate');
        // A new file whose first line could not be written: it begins with that line or with none.
        if (this.#options.file.size === 0) yield* this.checkpoint('rotate');
        const chunk = this.#chunkOf(batch.slice(written));
        yield { write: chunk.text };
        this.#end = chunk.end;
        this.#unsigned += chunk.count;
        written += chunk.count;
        if (this.#unsigned >= this.#options.checkpointEvery) yield* this.#tried('interval');
      }
    } catch (error) {
      this.#begun = { batch, written };
      throw error;
    }
  }

  *checkpoint(kind: CheckpointKind, cut?: number): WriterSteps {
    const { trail, seq, hash } = this.#end;
    const { clock, key, file } = this.#options;
    const checkpoint = { time: formatTimestamp(clock()), kind, key, ...(cut === undefined ? {} : { cut }) };
    const members = { trail, seq: seq + 1, prev: hash, checkpoint };
    const signature = yield { sign: signedBytes(members) };
    if (signature === undefined) throw new TypeError('A step that asks for a signature is answered with one');
    const signed = { ...members, signature: encodeBase64(signature) };
    const line = sealed(signed);
    // Only now: the file that is begun has a first line to begin with.
    if (kind === 'rotate' && file.size > 0) file.rotate();
    yield { write: line.text };
    this.#end = { trail, seq: seq + 1, hash: line.hash };
    this.#unsigned = 0;
    file.sync();
    this.#options.onCheckpoint({ ...signed, hash: line.hash });
  }

  #isFull(): boolean {
    const { file, maxBytes } = this.#options;
    return file.size >= maxBytes;
  }

  /** A signer that is away keeps no entry out of the trail: what is due is tried again with the next entries. */
  *#tried(kind: CheckpointKind): WriterSteps {
    try {
      yield* this.checkpoint(kind);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  /** As many entries as fit before a checkpoint is due or the file is full; at least one. */
  #chunkOf(records: readonly AuditRecord[]): { text: string; end: TrailEnd; count: number } {
    const { file, maxBytes, checkpointEvery } = this.#options;
    const room = Math.max(1, checkpointEvery - this.#unsigned);
    let end = this.#end;
    let text = '';
    let count = 0;
    for (const record of records) {
      if (count === room || (count > 0 && file.size + text.length >= maxBytes)) break;
      const { trail, seq, hash } = end;
      const line = sealed({ trail, seq: seq + 1, prev: hash, record: { ...record } });
      text += line.text;
      end = { trail, seq: seq + 1, hash: line.hash };
      count += 1;
    }
    return { text, end, count };
  }
}
