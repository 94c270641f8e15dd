/** What matters of an event for whether any was missed. */
export interface Heard {
  readonly era: number;
  /** How many passports had been revoked, this one included. */
  readonly epoch: number;
  readonly isRevocation: boolean;
}

/**
 * Whether an authority's revocations have been heard without a gap. Each is numbered by its epoch; a sign of life tells the epoch too. What was revoked before
 * one began to listen has to come from a list.
 */
export class Hearing {
  #era: number | undefined;
  /** All revocations after this epoch, up to the next one, have been heard. */
  #sinceEpoch = Number.POSITIVE_INFINITY;
  #toEpoch = -1;
  #listedEpoch = -1;

  /** The era and epoch to go on from; `undefined` before anything has been heard. */
  get position(): { readonly era: number; readonly epoch: number } | undefined {
    return this.#era === undefined ? undefined : { era: this.#era, epoch: this.#toEpoch };
  }

  /** Whether every revocation up to the latest event is known: from a list or by having been heard. */
  get isComplete(): boolean {
    return this.#toEpoch >= 0 && this.#listedEpoch >= this.#sinceEpoch;
  }

  /** The epoch that a list must have reached to fill the gap. */
  get neededEpoch(): number {
    return this.#sinceEpoch;
  }

  /**
   * Takes an event.
   *
   * @returns `next`: it follows upon the one before. `gap`: others lie between that have not been heard. `old`: it tells of a state before the present one,
   * and says nothing of what has happened since.
   */
  take({ era, epoch, isRevocation }: Heard): 'next' | 'gap' | 'old' {
    const before = isRevocation ? epoch - 1 : epoch;
    if (this.#era !== undefined && (era < this.#era || (era === this.#era && epoch < this.#toEpoch))) return 'old';
    if (era === this.#era && epoch === this.#toEpoch) return isRevocation ? 'old' : 'next';
    // Lists of another life of the log may count what was never counted in this one.
    if (this.#era !== undefined && era !== this.#era) this.#listedEpoch = -1;
    const follows = era === this.#era && before === this.#toEpoch;
    if (!follows) this.#sinceEpoch = before;
    this.#era = era;
    this.#toEpoch = epoch;
    return follows ? 'next' : 'gap';
  }

  /** A list that names every revocation up to an epoch has been accepted. */
  listed(epoch: number): void {
    this.#listedEpoch = Math.max(this.#listedEpoch, epoch);
  }
}
