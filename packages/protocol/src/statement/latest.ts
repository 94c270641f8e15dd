import { McpsError } from '../errors/index.js';
import type { TreeHeadMonitor } from '../log/index.js';
import type { LogCommitment } from '../tree-head/index.js';
import type { Verified } from '../verified/index.js';
import { NumberGuard } from './number-guard.js';
import { MemoryNumberState } from './number-state.js';
import type { NumberMark, NumberState } from './number-state.js';
import type { StatementSource } from './source.js';

export interface LatestOptions {
  /** Where the highest number of each issuer is remembered. Default: in memory, so that a restart forgets it. */
  readonly state?: NumberState;
  /** Holds the statements to one history of their issuer's log. Default: none, and they need not name a state of it. */
  readonly monitor?: TreeHeadMonitor;
}

/** The latest statement of each authority about all of its passports, held to its place among the others. */
export class Latest<T extends Verified<LogCommitment>> {
  readonly #guard: NumberGuard;
  readonly #monitor: TreeHeadMonitor | undefined;
  readonly #current = new Map<string, T>();

  constructor({ state = new MemoryNumberState(), monitor }: LatestOptions) {
    this.#guard = new NumberGuard(state, 'status_list_rolled_back');
    this.#monitor = monitor;
  }

  get(authority: string): T | undefined {
    return this.#current.get(authority);
  }

  /**
   * Takes a statement that is newer, or the present one over again. Ask it in turns.
   *
   * Throws `McpsError`: `status_list_rolled_back`, `status_fork`, `status_unavailable`.
   */
  async accept(statement: T, mark: NumberMark, consistencyProof: StatementSource | undefined): Promise<void> {
    const { authority, epoch } = statement;
    const isNewer = await this.#guard.isNewer(authority, mark);
    const current = this.#current.get(authority);
    // Revocations are counted, and only ever more: what counts fewer comes from a past that the authority has gone back to.
    if (current !== undefined && epoch < current.epoch) throw new McpsError('status_list_rolled_back');
    await this.#monitor?.observe(statement, consistencyProof);
    // Written before it is used: what was acted upon must never be forgotten.
    if (isNewer) await this.#guard.record(authority, mark);
    this.#current.set(authority, statement);
  }
}
