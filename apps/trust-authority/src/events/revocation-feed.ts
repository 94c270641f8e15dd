import { signEvent } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { EventFeed } from '../authority.js';
import type { SigningKey } from '../custody/key-custody.js';
import type { AuthorityEvent } from '../formats.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { LedgerState } from '../ledger/state.js';
import { toRevoked } from '../status/status-lists.js';
import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';

export interface RevocationFeedOptions {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly state: () => Promise<LedgerState>;
  /** The epoch up to which revocations are known to everybody already. */
  readonly epoch: number;
  readonly onError?: (error: unknown) => void;
}

const PAGE = 500;

/** Tells of revocations in the order of their epochs, whichever replica made them, and of other keys. */
export class RevocationFeed implements EventFeed {
  readonly #options: RevocationFeedOptions;
  readonly #listeners = new Set<(event: AuthorityEvent) => void>();
  #epoch: number;
  #reading: Promise<void> | undefined;
  #isWanted = false;

  constructor(options: RevocationFeedOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
  }

  subscribe(listener: (event: AuthorityEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async since(epoch: number, limit: number): Promise<readonly AuthorityEvent[]> {
    const { store, keys, clock, state } = this.#options;
    const rows = await guarded(() =>
      store.reader
        .selectFrom('revocations')
        .selectAll()
        .where('epoch', '>', epoch)
        .orderBy('epoch')
        .limit(limit)
        .execute(),
    );
    if (rows.length === 0) return [];
    const { era } = await state();
    const options = (row: (typeof rows)[number]) => ({
      authority: keys.issuer,
      era,
      epoch: row.epoch,
      type: 'revocation' as const,
      revocation: toRevoked(row),
      listNumber: row.list_number,
      clock,
    });
    return Promise.all(rows.map((row) => signEvent(options(row), keys.status())));
  }

  heartbeat(): Promise<AuthorityEvent> {
    return this.#signPlain('heartbeat');
  }

  /** Tells that there are other keys, signed by one that whoever listens knows already. Never rejects. */
  async announceKeys(key: SigningKey): Promise<void> {
    try {
      const event = await this.#signPlain('key-set', key);
      for (const listener of this.#listeners) listener(event);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  /** Something may have been revoked: tells of it. Resolves once everything is told; never rejects. */
  async check(): Promise<void> {
    this.#isWanted = true;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #signPlain(type: 'heartbeat' | 'key-set', key?: SigningKey): Promise<AuthorityEvent> {
    const { keys, clock, state } = this.#options;
    const { era, epoch, listNumber } = await state();
    return signEvent({ authority: keys.issuer, era, epoch, type, listNumber, clock }, key ?? keys.status());
  }

  async #read(): Promise<void> {
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        const events = await this.since(this.#epoch, PAGE);
        for (const event of events) {
          this.#epoch = event.epoch;
          for (const listener of this.#listeners) listener(event);
        }
        if (events.length > 0) this.#isWanted = true;
      }
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}
