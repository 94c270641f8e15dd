import { ExpiryLedger } from './expiry-ledger.js';
import type { ExpiryCell } from './expiry-ledger.js';
import { ReplayAccounts } from './replay-account.js';
import type { ReplayAccount, ReplayPool } from './replay-account.js';
import { UNANCHORED_POOL } from './replay-store.js';
import type { ReplayEntry } from './replay-store.js';

/** How many live entries there may be. */
export interface ReplayLimits {
  readonly capacity: number;
  /** Of one identity. */
  readonly perPassport: number;
  /** Of all identities of one authority. */
  readonly perPool: number;
  /** Of all identities in the pool {@link UNANCHORED_POOL}. */
  readonly unanchored: number;
}

/** Counts live entries by identity, pool and in all, exactly, and knows when each is over. */
export class ReplayQuotas {
  readonly #limits: ReplayLimits;
  readonly #accounts: ReplayAccounts;
  readonly #pools = new Map<string, ReplayPool>();
  readonly #ledger = new ExpiryLedger<ReplayAccount>((cell) => {
    const { account } = cell;
    account.cells?.delete(cell.tick);
    if (account.cell === cell) account.cell = undefined;
    this.#add(account, -cell.count);
  });
  #live = 0;

  constructor(limits: ReplayLimits, saltOf: (number: number) => number) {
    this.#limits = limits;
    this.#accounts = new ReplayAccounts(saltOf);
  }

  get live(): number {
    return this.#live;
  }

  get accounts(): number {
    return this.#accounts.size;
  }

  /** Entries at or below it are dead, and none may be added there. */
  get evictedTick(): number {
    return this.#ledger.evictedTick;
  }

  /** {@link ExpiryLedger.isDue}. */
  isDue(dueTick: number): boolean {
    return this.#ledger.isDue(dueTick);
  }

  /** {@link ExpiryLedger.evict}. Accounts that have nothing left are forgotten. */
  evict(dueTick: number, maxCells: number): boolean {
    return this.#ledger.evict(dueTick, maxCells);
  }

  find(entry: ReplayEntry): ReplayAccount | undefined {
    return this.#accounts.find(entry.revision, entry.passportId, entry.keyThumbprint);
  }

  /**
   * Takes a place for one entry. To be followed by {@link settle} or {@link release} before anything else but further calls of this.
   *
   * @param known what {@link find} says of the entry
   * @returns the account that it was charged to, or `undefined` where a limit leaves no room
   */
  reserve(entry: ReplayEntry, known: ReplayAccount | undefined): ReplayAccount | undefined {
    if (this.#live >= this.#limits.capacity) return undefined;
    if (known !== undefined && known.live >= this.#limits.perPassport) return undefined;
    if (known?.pool.name === entry.pool) {
      if (known.pool.live >= known.pool.limit) return undefined;
      this.#add(known, 1);
      return known;
    }
    const pool = this.#pools.get(entry.pool) ?? this.#newPool(entry.pool);
    if (pool.live + (known?.live ?? 0) >= pool.limit) return undefined;
    this.#pools.set(pool.name, pool);
    const account = known ?? this.#accounts.add(entry.revision, entry.passportId, entry.keyThumbprint, pool);
    this.#move(account, pool);
    this.#add(account, 1);
    return account;
  }

  /** Notes when a reserved place is free again. */
  settle(account: ReplayAccount, tick: number): void {
    this.#cell(account, tick).count++;
  }

  /** Gives a reserved place back, and the account to the pool that answered for it before. */
  release(account: ReplayAccount, pool: ReplayPool): void {
    this.#add(account, -1);
    if (account.live > 0 && account.pool !== pool) {
      this.#pools.set(pool.name, pool);
      this.#move(account, pool);
    }
  }

  #cell(account: ReplayAccount, tick: number): ExpiryCell<ReplayAccount> {
    const last = account.cell;
    if (last?.tick === tick) return last;
    const known = account.cells?.get(tick);
    if (known !== undefined) {
      account.cell = known;
      return known;
    }
    const cell = this.#ledger.open(tick, account);
    if (last !== undefined) account.cells ??= new Map([[last.tick, last]]);
    account.cells?.set(tick, cell);
    account.cell = cell;
    return cell;
  }

  #add(account: ReplayAccount, count: number): void {
    account.live += count;
    account.pool.live += count;
    this.#live += count;
    if (account.live === 0) this.#accounts.remove(account);
    if (account.pool.live === 0) this.#pools.delete(account.pool.name);
  }

  /** Lets another pool answer for all that an account holds. */
  #move(account: ReplayAccount, pool: ReplayPool): void {
    const from = account.pool;
    from.live -= account.live;
    pool.live += account.live;
    account.pool = pool;
    if (from.live === 0 && from !== pool) this.#pools.delete(from.name);
  }

  #newPool(name: string): ReplayPool {
    return { name, limit: name === UNANCHORED_POOL ? this.#limits.unanchored : this.#limits.perPool, live: 0 };
  }
}
