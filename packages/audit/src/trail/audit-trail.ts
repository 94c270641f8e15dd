import { PrivateKey, isSigner } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { ConfigurationError, assertNotTestKey, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { AuditError } from '../error.js';
import { AppendFile } from '../file/append-file.js';
import { checkCount } from '../log/check-count.js';
import type { AuditRecordSink } from '../log/record-sink.js';
import { resumeTrail } from './resume.js';
import { runLater, runNow } from './run-steps.js';
import { headOf, readTrailHead, writeTrailHead } from './trail-head.js';
import type { TrailHead } from './trail-head.js';
import type { CheckpointLine } from './trail-line.js';
import { TrailWriter } from './trail-writer.js';
import type { WriterSteps } from './trail-writer.js';
import { takeLock } from './writer-lock.js';

export interface AuditTrailOptions {
  /** Signs the checkpoints: a key for this alone. A `Signer` must say its `publicKey`. */
  readonly key: PrivateKey | Signer;
  /** A checkpoint after this many entries. Default 1,000. */
  readonly checkpointEvery?: number;
  /** And at the latest this long after an entry, seconds. Default 60. */
  readonly checkpointSeconds?: number;
  /** When a file has reached this many bytes, another is begun. Default 16 MiB; the newest is read when the trail is opened. */
  readonly maxBytes?: number;
  /** How many older files are kept. Default 100; at least 1. */
  readonly maxFiles?: number;
  /** Permissions of files that are created. Default 0o600. */
  readonly mode?: number;
  /** `sync` as of `jsonLinesFile`; it needs a `PrivateKey`. */
  readonly durability?: 'batched' | 'sync';
  /** A file that holds the latest checkpoint, best on another machine or medium: what it tells nobody can take back who can only write the trail. */
  readonly headFile?: string;
  /** Is told every checkpoint, to keep it elsewhere. */
  readonly onCheckpoint?: (head: TrailHead) => void;
  /** Is told when a checkpoint could not be made or kept. Default: a warning of the process. */
  readonly onError?: (error: AuditError) => void;
  readonly clock?: Clock;
}

/** A sink for one trail. `close` ends it with a checkpoint `close`. */
export interface AuditTrail extends AuditRecordSink {
  /** Makes a checkpoint now, where entries have come since the last one. Rejects with AuditError `write_failed`, or with what the signer throws. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a tamper-evident trail (docs/spec/audit-1.0.md), or goes on with it: JSON Lines that are chained by hashes, with signed checkpoints. An unfinished last line, as a
 * crash leaves it, is cut off, and the first checkpoint says so. One writer at a time: the lock is `path.lock`.
 *
 * Rejects with AuditError `trail_locked`, `trail_unreadable`, `trail_behind_head`, `file_unusable`, `write_failed`; ConfigurationError `option_invalid`,
 * `option_missing`, `test_key_refused`; and with what the signer throws.
 */
export async function auditTrail(path: string, options: AuditTrailOptions): Promise<AuditTrail> {
  const settings = resolve(options);
  const release = takeLock(path);
  let file: AppendFile | undefined;
  try {
    const head = options.headFile === undefined ? undefined : readTrailHead(options.headFile);
    const { end, torn } = await resumeTrail(path, head);
    file = new AppendFile(path, { maxFiles: settings.maxFiles, mode: settings.mode });
    if (torn > 0) file.truncate(file.size - torn);
    const trail = new OpenTrail(file, options, settings, end, release);
    await trail.begin(torn);
    return trail.sink;
  } catch (error) {
    file?.close();
    release();
    throw error;
  }
}

type Settings = ReturnType<typeof resolve>;

function resolve(options: AuditTrailOptions) {
  const { key } = options;
  if (!(key instanceof PrivateKey) && !isSigner(key))
    throw new ConfigurationError('option_missing', 'An audit trail needs a `key`: a PrivateKey or a Signer.');
  if (key.publicKey === undefined)
    throw new ConfigurationError('option_missing', 'The signer of an audit trail must say its `publicKey`.');
  assertNotTestKey(key.publicKey);
  if (options.durability === 'sync' && !(key instanceof PrivateKey))
    throw new ConfigurationError('option_invalid', 'The durability `sync` needs a PrivateKey: a Signer answers later.');
  return {
    thumbprint: key.publicKey.thumbprint,
    checkpointEvery: checkCount('checkpointEvery', options.checkpointEvery ?? 1000),
    checkpointMs: checkCount('checkpointSeconds', options.checkpointSeconds ?? 60) * 1000,
    maxBytes: checkCount('maxBytes', options.maxBytes ?? 16 * 1024 * 1024),
    maxFiles: checkCount('maxFiles', options.maxFiles ?? 100),
    mode: options.mode ?? 0o600,
    clock: options.clock ?? systemClock,
  };
}

class OpenTrail {
  readonly #file: AppendFile;
  readonly #options: AuditTrailOptions;
  readonly #checkpointMs: number;
  readonly #writer: TrailWriter;
  readonly #release: () => void;
  #work: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing: Promise<void> | undefined;

  constructor(file: AppendFile, options: AuditTrailOptions, settings: Settings, end: TrailHead, release: () => void) {
    this.#file = file;
    this.#options = options;
    this.#checkpointMs = settings.checkpointMs;
    this.#release = release;
    const { maxBytes, checkpointEvery, thumbprint: key, clock } = settings;
    const onCheckpoint = (line: CheckpointLine): void => this.#keep(line, settings.mode);
    const onFault = (error: unknown): void => this.#tell('write_failed', 'a checkpoint could not be made', error);
    this.#writer = new TrailWriter({ file, maxBytes, checkpointEvery, key, clock, onCheckpoint, onFault }, end);
  }

  get sink(): AuditTrail {
    const sink: AuditTrail = {
      name: 'audit-trail',
      write: async (records) => {
        this.#refuseClosed();
        await this.#run(() => this.#writer.append(records));
        this.#schedule();
      },
      checkpoint: async () => {
        this.#refuseClosed();
        await this.#run(() => this.#due());
      },
      close: () => (this.#closing ??= this.#close()),
    };
    const { durability, key } = this.#options;
    if (durability !== 'sync' || !(key instanceof PrivateKey)) return sink;
    return {
      ...sink,
      writeNow: (record) => {
        this.#refuseClosed();
        runNow(this.#writer.append([record]), this.#file, key);
        this.#schedule();
      },
    };
  }

  async begin(torn: number): Promise<void> {
    await this.#run(() => this.#writer.checkpoint('open', torn === 0 ? undefined : torn));
  }

  /** One thing after another. With durability `sync` each is done before this returns, so that nothing comes between. */
  #run(steps: () => WriterSteps): Promise<void> {
    const { durability, key } = this.#options;
    if (durability === 'sync' && key instanceof PrivateKey) {
      try {
        runNow(steps(), this.#file, key);
        return Promise.resolve();
      } catch (error) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown passes through untouched
        return Promise.reject(error);
      }
    }
    const work = this.#work.then(() => runLater(steps(), this.#file, key));
    this.#work = work.catch(() => undefined);
    return work;
  }

  *#due(): WriterSteps {
    if (this.#writer.unsigned > 0) yield* this.#writer.checkpoint('interval');
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#writer.unsigned === 0 || this.#closing !== undefined) return;
    this.#timer = setTimeout(() => void this.#onTimer(), this.#checkpointMs);
    this.#timer.unref();
  }

  async #onTimer(): Promise<void> {
    try {
      await this.#run(() => this.#due());
    } catch (error) {
      this.#tell('write_failed', 'a checkpoint could not be made', error);
    }
    this.#timer = undefined;
    this.#schedule();
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#run(() => this.#writer.checkpoint('close'));
    } finally {
      this.#file.close();
      this.#release();
    }
  }

  #keep(line: CheckpointLine, mode: number): void {
    const { headFile, onCheckpoint } = this.#options;
    try {
      if (headFile !== undefined) writeTrailHead(headFile, line, mode);
      onCheckpoint?.(headOf(line));
    } catch (error) {
      this.#tell('head_not_kept', 'the latest checkpoint could not be kept elsewhere', error);
    }
  }

  #tell(code: 'write_failed' | 'head_not_kept', what: string, cause: unknown): void {
    const error = new AuditError(code, `The audit trail is written, but ${what}.`, { sink: 'audit-trail', cause });
    if (this.#options.onError !== undefined) this.#options.onError(error);
    else process.emitWarning(error.message, { type: 'AuditWarning', code });
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new AuditError('closed', 'The audit trail is closed.');
  }
}
