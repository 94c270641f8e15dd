import { decodeBase64 } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { verifySync } from '@mcps/crypto/node';
import { NO_LINE, hashOf, isCheckpoint, readTrailLine, signedBytes } from '../trail/trail-line.js';
import type { CheckpointLine, TrailLine } from '../trail/trail-line.js';
import type { TrailHead } from '../trail/trail-head.js';
import type { AuditTrailFault } from './trail-error.js';

/** The keys whose checkpoints count, by thumbprint; undefined where only the chain is looked at. */
export type CheckpointKeys = ReadonlyMap<string, PublicKey> | undefined;

/** What has been counted on the way. */
export interface WalkCounts {
  entries: number;
  checkpoints: number;
  /** Entries since the last checkpoint. */
  unsignedEntries: number;
  /** Checkpoints `open` that no `close` stands before. */
  interruptions: number;
  cutBytes: number;
  lostEvents: number;
}

/** Goes through the lines of a trail, one after the other, and answers each with its first fault. */
export class TrailWalk {
  readonly counts: WalkCounts = {
    entries: 0,
    checkpoints: 0,
    unsignedEntries: 0,
    interruptions: 0,
    cutBytes: 0,
    lostEvents: 0,
  };
  readonly #keys: CheckpointKeys;
  readonly #expectedHead: TrailHead | undefined;
  #first: TrailLine | undefined;
  #last: TrailLine | undefined;
  #lastCheckpoint: CheckpointLine | undefined;

  constructor(keys: CheckpointKeys, expectedHead: TrailHead | undefined) {
    this.#keys = keys;
    this.#expectedHead = expectedHead;
  }

  get first(): TrailLine | undefined {
    return this.#first;
  }

  get last(): TrailLine | undefined {
    return this.#last;
  }

  get lastCheckpoint(): CheckpointLine | undefined {
    return this.#lastCheckpoint;
  }

  /** @param isFirstOfFile whether a file begins with it */
  take(bytes: Uint8Array, isFirstOfFile: boolean): AuditTrailFault | undefined {
    const line = readTrailLine(bytes);
    if (line === undefined) return 'line_malformed';
    if (line.hash !== hashOf(line)) return 'hash_mismatch';
    const fault =
      this.#placeFault(line) ??
      this.#positionFault(line, isFirstOfFile) ??
      this.#signatureFault(line) ??
      this.#headFault(line);
    if (fault === undefined) this.#count(line);
    return fault;
  }

  /** What is wrong with where the trail ends. */
  end(): AuditTrailFault | undefined {
    if (this.#first === undefined || this.#last === undefined) {
      return this.#expectedHead === undefined ? 'trail_empty' : 'truncated';
    }
    if (this.#expectedHead === undefined) return undefined;
    if (this.#last.seq < this.#expectedHead.seq) return 'truncated';
    return this.#first.seq > this.#expectedHead.seq ? 'head_before_start' : undefined;
  }

  #placeFault({ trail, seq, prev }: TrailLine): AuditTrailFault | undefined {
    const before = this.#last;
    if (before === undefined) return seq === 1 && prev !== NO_LINE ? 'chain_broken' : undefined;
    if (trail !== before.trail) return 'trail_changed';
    if (seq <= before.seq) return 'sequence_repeated';
    if (seq !== before.seq + 1) return 'sequence_gap';
    return prev === before.hash ? undefined : 'chain_broken';
  }

  /** A file begins with a checkpoint, a trail with `open`, and so does what follows on `close`. */
  #positionFault(line: TrailLine, isFirstOfFile: boolean): AuditTrailFault | undefined {
    const before = this.#last;
    const kind = isCheckpoint(line) ? line.checkpoint.kind : undefined;
    if (isFirstOfFile && kind === undefined) return 'checkpoint_missing';
    const isBeginning = line.seq === 1 || (before !== undefined && isClose(before));
    return isBeginning && kind !== 'open' ? 'checkpoint_missing' : undefined;
  }

  #signatureFault(line: TrailLine): AuditTrailFault | undefined {
    if (!isCheckpoint(line) || this.#keys === undefined) return undefined;
    const key = this.#keys.get(line.checkpoint.key);
    if (key === undefined) return 'checkpoint_key_unknown';
    // High s is the one way to change a signature without the key.
    return verifySync(key, signedBytes(line), decodeBase64(line.signature), { requireLowS: true })
      ? undefined
      : 'checkpoint_signature_invalid';
  }

  #headFault({ trail, seq, hash }: TrailLine): AuditTrailFault | undefined {
    const head = this.#expectedHead;
    if (head === undefined) return undefined;
    if (trail !== head.trail) return 'trail_changed';
    return seq === head.seq && hash !== head.hash ? 'head_mismatch' : undefined;
  }

  #count(line: TrailLine): void {
    const { counts } = this;
    if (isCheckpoint(line)) {
      const { kind, cut = 0 } = line.checkpoint;
      counts.checkpoints += 1;
      counts.unsignedEntries = 0;
      counts.cutBytes += cut;
      if (kind === 'open' && this.#last !== undefined && !isClose(this.#last)) counts.interruptions += 1;
      this.#lastCheckpoint = line;
    } else {
      counts.entries += 1;
      counts.unsignedEntries += 1;
      const { event, count } = line.record;
      if (event === 'audit.lost' && typeof count === 'number') counts.lostEvents += count;
    }
    this.#first ??= line;
    this.#last = line;
  }
}

/** Whether a writer has ended with this line. */
export function isClose(line: TrailLine): boolean {
  return isCheckpoint(line) && line.checkpoint.kind === 'close';
}
