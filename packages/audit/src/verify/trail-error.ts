import { AuditError } from '../error.js';

/** What is wrong with a trail, out of a closed list, in the order of the checks of a line. */
export type AuditTrailFault =
  /** A file cannot be read. */
  | 'file_unreadable'
  /** A line is longer than 65,536 bytes. */
  | 'line_too_long'
  /** The last line of a file has no end, or the trail ends before its expected head. */
  | 'truncated'
  /** A line is not the canonical form of an entry or a checkpoint. */
  | 'line_malformed'
  /** The hash of a line is not that of its members. */
  | 'hash_mismatch'
  /** A line belongs to another trail. */
  | 'trail_changed'
  /** A number comes again. */
  | 'sequence_repeated'
  /** Numbers are missing. */
  | 'sequence_gap'
  /** A line does not follow on the one before. */
  | 'chain_broken'
  /** A file, or the first line after the end of a writer, is not the checkpoint that has to be there. */
  | 'checkpoint_missing'
  | 'checkpoint_key_unknown'
  | 'checkpoint_signature_invalid'
  /** The line at the expected head is another one. */
  | 'head_mismatch'
  /** The files begin after the expected head: whether they continue it cannot be told. */
  | 'head_before_start'
  /** There is no line. */
  | 'trail_empty';

/** A fault of a trail. `file` and `line` (from 1) say where, as far as it has a place. */
export class AuditTrailError extends AuditError {
  override readonly name = 'AuditTrailError';
  declare readonly code: AuditTrailFault;
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(code: AuditTrailFault, place: { file?: string; line?: number } = {}, options?: ErrorOptions) {
    super(code, `The audit trail does not verify: ${code}.`, options);
    this.file = place.file;
    this.line = place.line;
  }
}
