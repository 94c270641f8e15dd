import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';

/** A webhook that this process alone delivers to, for a while. */
export interface ClaimedWebhook {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly deliveredEpoch: number;
  readonly failedAttempts: number;
}

/** After so many events in a row that were given up, nothing more is tried until somebody asks for it. */
const MAX_DEAD_IN_A_ROW = 3;

/** What has been delivered to whom, in the database. */
export class DeliveryLedger {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes webhooks with something to deliver whose time has come, those that have waited longest first. Another replica takes none of them for `claimMs`. */
  async claim(nowMs: number, claimMs: number, most: number): Promise<readonly ClaimedWebhook[]> {
    const due = await guarded(() =>
      this.#store.reader
        .selectFrom('webhooks')
        .select('id')
        .where('state', '=', 'active')
        .where('next_attempt_at', '<=', nowMs)
        .where('claimed_until', '<=', nowMs)
        .where('delivered_epoch', '<', (build) => build.selectFrom('authority_state').select('epoch'))
        .orderBy('next_attempt_at')
        .limit(most)
        .execute(),
    );
    if (due.length === 0) return [];
    const ids = due.map(({ id }) => id);
    return guarded(() =>
      this.#store.transaction(async (transaction) => {
        const rows = await transaction
          .updateTable('webhooks')
          .set({ claimed_until: nowMs + claimMs })
          .where('id', 'in', ids)
          .where('claimed_until', '<=', nowMs)
          .returningAll()
          .execute();
        return rows.map((row) => ({
          id: row.id,
          url: row.url,
          secret: row.secret,
          deliveredEpoch: row.delivered_epoch,
          failedAttempts: row.failed_attempts,
        }));
      }),
    );
  }

  /** Everything went well. */
  async release(webhook: ClaimedWebhook, { deliveredEpoch }: { readonly deliveredEpoch: number }): Promise<void> {
    const progress = deliveredEpoch > webhook.deliveredEpoch ? { ...DELIVERED, delivered_epoch: deliveredEpoch } : {};
    await this.#update(webhook, { ...progress, claimed_until: 0 });
  }

  /** The event after `deliveredEpoch` is to be tried again. */
  async postpone(
    webhook: ClaimedWebhook,
    outcome: {
      readonly deliveredEpoch: number;
      readonly failedAttempts: number;
      readonly nextAttemptAtMs: number;
      readonly reason: string;
    },
  ): Promise<void> {
    await this.#update(webhook, {
      delivered_epoch: outcome.deliveredEpoch,
      failed_attempts: outcome.failedAttempts,
      next_attempt_at: outcome.nextAttemptAtMs,
      last_failure: outcome.reason,
      claimed_until: 0,
    });
  }

  /** The event is not tried any more: it is kept among the dead letters. */
  async giveUp(
    webhook: ClaimedWebhook,
    { epoch, atMs, reason }: { readonly epoch: number; readonly atMs: number; readonly reason: string },
  ): Promise<void> {
    await guarded(() =>
      this.#store.transaction(async (transaction) => {
        const row = await transaction
          .selectFrom('webhooks')
          .select('dead_in_a_row')
          .where('id', '=', webhook.id)
          .where('delivered_epoch', '=', webhook.deliveredEpoch)
          .executeTakeFirst();
        // Removed meanwhile, or to be delivered anew from further back.
        if (row === undefined) return;
        await transaction
          .insertInto('webhook_dead_letters')
          .values({ webhook_id: webhook.id, epoch, failed_at: atMs, reason })
          .onConflict((conflict) => conflict.columns(['webhook_id', 'epoch']).doNothing())
          .execute();
        const deadInARow = row.dead_in_a_row + 1;
        await transaction
          .updateTable('webhooks')
          .set({
            delivered_epoch: epoch,
            failed_attempts: 0,
            dead_in_a_row: deadInARow,
            next_attempt_at: atMs,
            last_failure: reason,
            claimed_until: 0,
            ...(deadInARow >= MAX_DEAD_IN_A_ROW ? { state: 'stopped' } : {}),
          })
          .where('id', '=', webhook.id)
          .execute();
      }),
    );
  }

  async #update(webhook: ClaimedWebhook, change: WebhookChange): Promise<void> {
    await guarded(() =>
      this.#store.transaction((transaction) =>
        transaction
          .updateTable('webhooks')
          .set(change)
          .where('id', '=', webhook.id)
          // Somebody may have asked for a new delivery meanwhile, which begins further back: that stays.
          .where('delivered_epoch', '=', webhook.deliveredEpoch)
          .execute(),
      ),
    );
  }
}

const DELIVERED = { failed_attempts: 0, dead_in_a_row: 0, next_attempt_at: 0, last_failure: null } as const;

interface WebhookChange {
  readonly delivered_epoch?: number;
  readonly failed_attempts?: number;
  readonly dead_in_a_row?: number;
  readonly next_attempt_at?: number;
  readonly last_failure?: string | null;
  readonly claimed_until?: number;
}
