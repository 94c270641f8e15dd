import type { LedgerState } from '../ledger/state.js';

/** The furthest state of an authority, known outside its database. */
export interface WitnessRecord {
  /** The issuer name. */
  readonly authority: string;
  readonly era: number;
  readonly epoch: number;
  readonly treeSize: number;
  readonly rootHash: string;
}

/**
 * Remembers outside the database how far an authority has come, so that a database that was replaced by an older copy is recognised. Whoever can replace
 * both deceives it: keep it on another disk than the database, and out of the database's backups.
 */
export interface EpochWitness {
  /** `undefined` where nothing has ever been recorded. */
  read(): Promise<WitnessRecord | undefined>;
  /**
   * Resolves once the revocations of a state are recorded durably; a state that differs from the last only in the size of the log need not be. Rejects with
   * `AuthorityError` `witness_unavailable`.
   */
  advance(state: LedgerState): Promise<void>;
  /** Resolves once a state is recorded durably, the size of the log included. Rejects as `advance` does. */
  record(state: LedgerState): Promise<void>;
}
