import { MAX_BITMAP_SIZE } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { guarded } from '../store/open-store.js';
import type { StatusListsTable } from '../store/schema.js';
import type { Store } from '../store/store.js';

/** What a list says of itself, in whichever form it is signed: recorded, so that all replicas sign the same under one number. */
export type ListFrame = StatusListsTable;

export interface ListFramesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ttlSeconds: number;
}

/** From how many of the latest lists there is a difference to the present one. Each of them costs a signature, so there is an end to it. */
const RECENT_LISTS = 32;

/** Bitmaps reach this much beyond the last index at least, so that they tell of passports that are issued before the next one. Zeroes hardly take room. */
const HEADROOM = 65_536;

/** The present frame; a new number where the one before has lived for half of its time. */
export async function presentFrame({ store, clock, ttlSeconds }: ListFramesOptions): Promise<ListFrame> {
  return guarded(() =>
    store.transaction(async (transaction) => {
      const query = transaction
        .selectFrom('authority_state')
        .select(['list_number', 'epoch', 'tree_size', 'root_hash', 'next_status_index'])
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
        bitmap_size: bitmapSize(state.next_status_index),
      };
      await transaction.insertInto('status_lists').values(frame).execute();
      await transaction.updateTable('authority_state').set({ list_number: number }).where('id', '=', 1).execute();
      return frame;
    }),
  );
}

/** The frame of one of the latest lists that was handed out; `undefined` for any other number. */
export async function recentFrame(store: Store, number: number): Promise<ListFrame | undefined> {
  const recent = await guarded(() =>
    store.reader.selectFrom('status_lists').selectAll().orderBy('number', 'desc').limit(RECENT_LISTS).execute(),
  );
  return recent.find((frame) => frame.number === number);
}

function bitmapSize(nextIndex: number): number {
  return Math.min((Math.ceil(nextIndex / HEADROOM) + 1) * HEADROOM, MAX_BITMAP_SIZE);
}
