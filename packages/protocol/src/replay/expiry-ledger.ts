/** How many live entries of one account end at one tick. */
export interface ExpiryCell<Account> {
  readonly tick: number;
  readonly account: Account;
  count: number;
}

interface Bucket<Account> {
  readonly tick: number;
  readonly cells: ExpiryCell<Account>[];
}

/**
 * Knows, for each tick, whose entries end there and how many: so quotas are exact although nobody visits an entry when it dies.
 *
 * All that is due dies at once, but is counted off a few cells at a time, so that no single call pays for a burst.
 */
export class ExpiryLedger<Account> {
  /** Ascending by tick; a tick is here as long as it has cells. */
  readonly #buckets: Bucket<Account>[] = [];
  readonly #onExpired: (cell: ExpiryCell<Account>) => void;
  #evictedTick = 0;
  /** The tick of the first bucket. */
  #earliestTick = Infinity;

  /** @param onExpired told once for each cell whose tick has been evicted */
  constructor(onExpired: (cell: ExpiryCell<Account>) => void) {
    this.#onExpired = onExpired;
  }

  /**
   * Every entry at or below this tick is dead, and none may be added there. It only rises to ticks that had entries: a clock that jumps ahead
   * and back again leaves it no higher than the last entry it killed.
   */
  get evictedTick(): number {
    return this.#evictedTick;
  }

  /** Opens a cell with a count of zero. The tick lies above {@link evictedTick}; the caller keeps one cell for an account and tick. */
  open(tick: number, account: Account): ExpiryCell<Account> {
    const cell = { tick, account, count: 0 };
    this.#bucket(tick).cells.push(cell);
    return cell;
  }

  /** Whether {@link evict} has anything to do. */
  isDue(dueTick: number): boolean {
    return this.#earliestTick <= dueTick || this.#earliestTick <= this.#evictedTick;
  }

  /**
   * Evicts ticks at or below `dueTick`, and counts off what has been evicted.
   *
   * @param maxCells count so many cells off; the rest is left to later calls
   * @returns whether nothing is left to be counted off
   */
  evict(dueTick: number, maxCells: number): boolean {
    if (!this.isDue(dueTick)) return true;
    const buckets = this.#buckets;
    const lastDue = buckets[this.#position(dueTick + 1) - 1];
    if (lastDue !== undefined) this.#evictedTick = Math.max(this.#evictedTick, lastDue.tick);

    let left = maxCells;
    for (let bucket = buckets[0]; bucket !== undefined && bucket.tick <= this.#evictedTick; bucket = buckets[0]) {
      for (let cell = bucket.cells.pop(); cell !== undefined; cell = bucket.cells.pop()) {
        this.#onExpired(cell);
        left -= 1;
        if (left <= 0) return false;
      }
      buckets.shift();
      this.#earliestTick = buckets[0]?.tick ?? Infinity;
    }
    return true;
  }

  #bucket(tick: number): Bucket<Account> {
    const position = this.#position(tick);
    const found = this.#buckets[position];
    if (found?.tick === tick) return found;
    const bucket = { tick, cells: [] };
    this.#buckets.splice(position, 0, bucket);
    if (tick < this.#earliestTick) this.#earliestTick = tick;
    return bucket;
  }

  /** Where the first bucket stands whose tick is `tick` or later. */
  #position(tick: number): number {
    let low = 0;
    let high = this.#buckets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#buckets[middle]?.tick ?? Infinity) < tick) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
