import { formatTimestamp, signStatusList } from '@mcps/protocol';
import type { Clock, RevokedPassport, StatusList } from '@mcps/protocol';
import { AuthorityError } from '../error.js';
import type { StatusBitmap, StatusListDelta } from '../formats.js';
import type { KeyRing } from '../keys/key-ring.js';
import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { StatementCache } from './statement-cache.js';
import type { Kept } from './statement-cache.js';

export interface StatusListsOptions {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly ttlSeconds: number;
}

interface ListFrame {
  readonly number: number;
  readonly epoch: number;
  readonly issued_at: number;
  readonly next_update: number;
  readonly tree_size: number;
  readonly root_hash: string;
}

/** Expired passports stay listed for an hour, as verifiers' clocks differ. */
const GRACE_MS = 3_600_000;
const MAX_KEPT_MS = 60_000;

/** Lists of what is revoked. A number stands for one list: replicas that sign the same number sign the same. */
export class StatusLists {
  readonly #options: StatusListsOptions;
  readonly #signed: StatementCache<StatusList>;

  constructor(options: StatusListsOptions) {
    this.#options = options;
    this.#signed = new StatementCache(options.clock);
  }

  forget(): void {
    this.#signed.clear();
  }

  list(): Promise<StatusList> {
    return this.#signed.get('list', () => this.#sign());
  }

  async delta(_fromNumber: number): Promise<StatusListDelta> {
    throw new AuthorityError('list_gone', 'Differences between lists are not offered: fetch the whole list.');
  }

  async bitmap(): Promise<StatusBitmap> {
    throw new AuthorityError('list_gone', 'The list is not offered as a bitmap: fetch the whole list.');
  }

  async #sign(): Promise<Kept<StatusList>> {
    const { keys, store, clock, ttlSeconds } = this.#options;
    const frame = await this.#frame();
    const rows = await guarded(() =>
      store.reader
        .selectFrom('revocations')
        .select(['passport_id', 'reason', 'revoked_at', 'passport_expires_at'])
        .where('list_number', '<=', frame.number)
        .where('passport_expires_at', '>', frame.issued_at - GRACE_MS)
        .execute(),
    );
    const value = await signStatusList(
      {
        issuer: keys.issuer,
        number: frame.number,
        epoch: frame.epoch,
        issuedAtMs: frame.issued_at,
        ttlSeconds: (frame.next_update - frame.issued_at) / 1000,
        revoked: rows.map(toRevoked),
        treeHead: { tree_size: frame.tree_size, root_hash: frame.root_hash },
      },
      keys.status(),
    );
    // Another replica may make a new one at any time.
    return { value, untilMs: clock() + Math.min(ttlSeconds * 250, MAX_KEPT_MS) };
  }

  /** What the present list says of itself; a new number where the one before has lived for half of its time. */
  async #frame(): Promise<ListFrame> {
    const { store, clock, ttlSeconds } = this.#options;
    return guarded(() =>
      store.transaction(async (transaction) => {
        const query = transaction
          .selectFrom('authority_state')
          .select(['list_number', 'epoch', 'tree_size', 'root_hash'])
          .where('id', '=', 1);
        const state = await (store.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirstOrThrow();
        const present = await transaction
          .selectFrom('status_lists')
          .selectAll()
          .where('number', '=', state.list_number)
          .executeTakeFirst();
        const nowMs = clock();
        if (present !== undefined && nowMs < present.issued_at + ttlSeconds * 500) return present;
        const number = present === undefined ? state.list_number : state.list_number + 1;
        const frame = {
          number,
          epoch: state.epoch,
          issued_at: nowMs,
          next_update: nowMs + ttlSeconds * 1000,
          tree_size: state.tree_size,
          root_hash: state.root_hash,
        };
        await transaction.insertInto('status_lists').values(frame).execute();
        await transaction.updateTable('authority_state').set({ list_number: number }).where('id', '=', 1).execute();
        return frame;
      }),
    );
  }
}

/** A revocation as lists and events have it. */
export function toRevoked(row: {
  readonly passport_id: string;
  readonly reason: string;
  readonly revoked_at: number;
  readonly passport_expires_at: number;
}): RevokedPassport {
  return {
    passport_id: row.passport_id,
    reason: row.reason,
    revoked_at: formatTimestamp(row.revoked_at),
    passport_expires_at: formatTimestamp(row.passport_expires_at),
  };
}
