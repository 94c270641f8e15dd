import { AuthorityError } from '../error.js';

/** Where an authority stands: each change of anything makes it greater. */
export interface LedgerState {
  /** Which life of the log this is, from 1 on. Only the root key begins another. */
  readonly era: number;
  /** How many revocations there have been. Never falls. */
  readonly epoch: number;
  readonly treeSize: number;
  /** Lower-case hex. */
  readonly rootHash: string;
  /** The number of the list that holds all revocations up to `epoch`. */
  readonly listNumber: number;
}

/**
 * Whether `later` can follow on `earlier`: nothing has fallen, and a log of one size has one root. After a new era the log may be shorter, as it goes on from
 * a backup; revocations are never fewer.
 */
export function follows(later: Omit<LedgerState, 'listNumber'>, earlier: Omit<LedgerState, 'listNumber'>): boolean {
  if (later.era !== earlier.era) return later.era > earlier.era && later.epoch >= earlier.epoch;
  if (later.epoch < earlier.epoch || later.treeSize < earlier.treeSize) return false;
  return later.treeSize > earlier.treeSize || later.rootHash === earlier.rootHash;
}

/** Remembers the furthest state that was seen, and refuses one that lies behind it: then the database has been replaced by an older one. */
export class HighWaterMark {
  readonly #onRevocations: (state: LedgerState) => void;
  #highest: LedgerState;

  /** @param onRevocations told of each state passed that counts more revocations than those before, or is of another era */
  constructor(state: LedgerState, onRevocations: (state: LedgerState) => void = () => undefined) {
    this.#highest = state;
    this.#onRevocations = onRevocations;
  }

  /** Takes a state that was read. Throws `AuthorityError` `state_rolled_back`. */
  pass(state: LedgerState): LedgerState {
    const { era, epoch } = this.#highest;
    this.raise(state);
    if (state.epoch > epoch || state.era > era) this.#onRevocations(state);
    return state;
  }

  /** Takes a state that is one's own doing. Throws as `pass` does. */
  raise(state: LedgerState): void {
    if (!follows(state, this.#highest)) {
      throw new AuthorityError(
        'state_rolled_back',
        `The database is behind what was seen before (era ${this.#highest.era}, epoch ${this.#highest.epoch}, tree size ${this.#highest.treeSize}): it has been replaced by an older copy.`,
      );
    }
    this.#highest = state;
  }
}
