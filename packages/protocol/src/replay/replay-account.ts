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
}

/**
 * The identities with live entries. Looked up by key thumbprint first: a hash, so no peer can crowd another's place. Nothing here walks over
 * identities: whoever makes many of them for one key decides in which order they end.
 */
export class ReplayAccounts {
  /** One identity of each key; hardly any key has more. */
  readonly #byThumbprint = new Map<string, ReplayAccount>();
  /** The others, by {@link identityOf}. */
  readonly #further = new Map<string, ReplayAccount>();
  readonly #freeNumbers: number[] = [];
  readonly #saltOf: (number: number) => number;
  #nextNumber = 1;

  constructor(saltOf: (number: number) => number) {
    this.#saltOf = saltOf;
  }

  get size(): number {
    return this.#byThumbprint.size + this.#further.size;
  }

  find(revision: string, passportId: string, keyThumbprint: string): ReplayAccount | undefined {
    const one = this.#byThumbprint.get(keyThumbprint);
    if (one?.passportId === passportId && one.revision === revision) return one;
    return this.#further.size === 0 ? undefined : this.#further.get(identityOf(revision, passportId, keyThumbprint));
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
    };
    if (this.#byThumbprint.has(keyThumbprint)) {
      this.#further.set(identityOf(revision, passportId, keyThumbprint), account);
    } else {
      this.#byThumbprint.set(keyThumbprint, account);
    }
    return account;
  }

  /** Forgets an identity without live entries; its number may be given out again. */
  remove(account: ReplayAccount): void {
    const { revision, passportId, keyThumbprint, number } = account;
    if (this.#byThumbprint.get(keyThumbprint) === account) this.#byThumbprint.delete(keyThumbprint);
    else this.#further.delete(identityOf(revision, passportId, keyThumbprint));
    this.#freeNumbers.push(number);
  }
}

function identityOf(revision: string, passportId: string, keyThumbprint: string): string {
  return JSON.stringify([revision, passportId, keyThumbprint]);
}
