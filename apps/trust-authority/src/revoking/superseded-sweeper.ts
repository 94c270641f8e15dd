import type { Clock } from '@mcps/protocol';
import type { Ledger } from '../ledger/ledger.js';
import { guarded } from '../store/open-store.js';
import { selectPassports } from '../store/repository.js';
import type { Store } from '../store/store.js';

export interface SupersededSweeperOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

const BATCH = 200;
const INTERVAL_MS = 5000;

/** Revokes passports that were replaced, once their time of grace has passed. Replicas may do so at the same time: a passport is revoked once. */
export class SupersededSweeper {
  readonly #options: SupersededSweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;

  constructor(options: SupersededSweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#sweeping ??= this.sweep()
        .catch(this.#options.onError)
        .finally(() => (this.#sweeping = undefined));
    }, this.#options.intervalMs ?? INTERVAL_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async sweep(): Promise<void> {
    const { store, ledger, clock } = this.#options;
    const nowMs = clock();
    const due = await guarded(() =>
      selectPassports(store.reader)
        .where('p.superseded_at', '<=', nowMs)
        .where('p.expires_at', '>', nowMs)
        .where('r.epoch', 'is', null)
        .limit(BATCH)
        .execute(),
    );
    await Promise.all(
      due.map(({ id }) => ledger.submit({ passportIds: [id], apply: (batch) => void batch.revoke(id, 'superseded') })),
    );
  }
}
