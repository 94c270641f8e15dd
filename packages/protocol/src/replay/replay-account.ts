import type { ExpiryCell } from './expiry-ledger.js';

/** What one pool holds and may hold. */
export interface ReplayPool {
  readonly name: string;
  readonly limit: number;
  live: number;
}

/** An identity with live entries: who it is, what it holds, and who answers for it. */
export interface ReplayAccount {
  readonly revision: string;
  readonly passportId: string;
  readonly keyThumbprint: string;
  /** Stands for the identity in the slots of the table; reused once nothing live names it. */
  readonly number: number;
  /** Unpredictable to peers: makes the same nonce of two identities land in different places. */
  readonly salt: number;
  pool: ReplayPool;
  live: number;
  /** The cell used last; most entries go to the same tick as the one before. */
  cell: ExpiryCell<ReplayAccount> | undefined;
  /** All live cells by tick, once there has been a second one. */
  cells: Map<number, ExpiryCell<ReplayAccount>> | undefined;
  /** Further identities of the same key, by {@link subKeyOf}. */
  siblings: Map<string, ReplayAccount> | undefined;
}

/** The identities with live entries. Looked up by key thumbprint first: a hash, so no peer can crowd another's place. */
export class ReplayAccounts {
  readonly #byThumbprint = new Map<string, ReplayAccount>();
  readonly #freeNumbers: number[] = [];
  readonly #saltOf: (number: number) => number;
  #nextNumber = 1;
  #size = 0;

  constructor(saltOf: (number: number) => number) {
    this.#saltOf = saltOf;
  }

  get size(): number {
    return this.#size;
  }

  find(revision: string, passportId: string, keyThumbprint: string): ReplayAccount | undefined {
    const head = this.#byThumbprint.get(keyThumbprint);
    if (head === undefined || (head.passportId === passportId && head.revision === revision)) return head;
    return head.siblings?.get(subKeyOf(revision, passportId));
  }

  /** Adds an identity that {@link find} does not know. */
  add(revision: string, passportId: string, keyThumbprint: string, pool: ReplayPool): ReplayAccount {
    const number = this.#freeNumbers.pop() ?? this.#nextNumber++;
    const account: ReplayAccount = {
      revision,
      passportId,
      keyThumbprint,
      number,
      salt: this.#saltOf(number),
      pool,
      live: 0,
      cell: undefined,
      cells: undefined,
      siblings: undefined,
    };
    const head = this.#byThumbprint.get(keyThumbprint);
    if (head === undefined) this.#byThumbprint.set(keyThumbprint, account);
    else (head.siblings ??= new Map()).set(subKeyOf(revision, passportId), account);
    this.#size++;
    return account;
  }

  /** Forgets an identity without live entries; its number may be given out again. */
  remove(account: ReplayAccount): void {
    this.#freeNumbers.push(account.number);
    this.#size--;
    const head = this.#byThumbprint.get(account.keyThumbprint);
    if (head !== account) {
      head?.siblings?.delete(subKeyOf(account.revision, account.passportId));
      return;
    }
    const [next] = account.siblings ?? [];
    if (next === undefined) {
      this.#byThumbprint.delete(account.keyThumbprint);
      return;
    }
    const [subKey, heir] = next;
    account.siblings?.delete(subKey);
    heir.siblings = account.siblings;
    this.#byThumbprint.set(heir.keyThumbprint, heir);
  }
}

function subKeyOf(revision: string, passportId: string): string {
  return JSON.stringify([revision, passportId]);
}
