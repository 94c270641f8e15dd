import { randomBytes } from 'node:crypto';
import { encodeHex } from '@mcps/crypto';
import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { guarded } from '../store/open-store.js';
import type { WebhooksTable } from '../store/access-tables.js';
import type { Store } from '../store/store.js';
import type { AddressGuard } from './address-guard.js';
import { createWebhookSecret } from './signature.js';
import { TargetError, checkTarget, parseTargetUrl } from './target.js';
import type { Resolve } from './target.js';
import type { RegisterWebhookRequest, RegisteredWebhook, WebhookDesk, WebhookRecord } from './webhook-desk.js';
import { WebhookError } from './webhook-desk.js';

export interface StoredWebhooksOptions {
  readonly store: Store;
  readonly guard: AddressGuard;
  readonly resolve: Resolve;
  readonly clock?: Clock;
  readonly maxWebhooks?: number;
  readonly maxPerOwner?: number;
}

const MAX_WEBHOOKS = 1000;
const MAX_PER_OWNER = 20;
const MAX_DEAD_LISTED = 100;

/** Keeps webhooks in the authority's database. */
export class StoredWebhooks implements WebhookDesk {
  readonly #options: StoredWebhooksOptions;
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(options: StoredWebhooksOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#clock = options.clock ?? systemClock;
  }

  async register({ url, owner }: RegisterWebhookRequest): Promise<RegisteredWebhook> {
    await this.#checkUrl(url);
    const { maxWebhooks = MAX_WEBHOOKS, maxPerOwner = MAX_PER_OWNER } = this.#options;
    const secret = createWebhookSecret();
    const id = `whk_${encodeHex(randomBytes(16))}`;
    const created_at = this.#clock();
    const deliveredEpoch = await guarded(() =>
      this.#store.transaction(async (transaction) => {
        const { all, own } = await transaction
          .selectFrom('webhooks')
          .select((build) => [
            build.fn.countAll<number>().as('all'),
            build.fn.count<number>('id').filterWhere('owner', '=', owner).as('own'),
          ])
          .executeTakeFirstOrThrow();
        if (all >= maxWebhooks || own >= maxPerOwner) return undefined;
        const { epoch } = await transaction.selectFrom('authority_state').select('epoch').executeTakeFirstOrThrow();
        await transaction
          .insertInto('webhooks')
          .values({
            id,
            url,
            secret,
            owner,
            created_at,
            state: 'active',
            delivered_epoch: epoch,
            failed_attempts: 0,
            dead_in_a_row: 0,
            next_attempt_at: 0,
            claimed_until: 0,
            last_failure: null,
          })
          .execute();
        return epoch;
      }),
    );
    if (deliveredEpoch === undefined) {
      throw new WebhookError('webhook_limit', 'There are as many webhooks as there may be.');
    }
    const record = { id, url, owner, createdAtMs: created_at, state: 'active', failedAttempts: 0 } as const;
    return { secret, record: { ...record, deliveredEpoch, deadEpochs: [] } };
  }

  async list(): Promise<readonly WebhookRecord[]> {
    const rows = await guarded(() =>
      this.#store.reader.selectFrom('webhooks').selectAll().orderBy('created_at').limit(MAX_WEBHOOKS).execute(),
    );
    return Promise.all(rows.map((row) => this.#recordOf(row)));
  }

  async get(id: string): Promise<WebhookRecord | undefined> {
    const row = await guarded(() =>
      this.#store.reader.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row === undefined ? undefined : this.#recordOf(row);
  }

  async remove(id: string): Promise<boolean> {
    return guarded(() =>
      this.#store.transaction(async (transaction) => {
        await transaction.deleteFrom('webhook_dead_letters').where('webhook_id', '=', id).execute();
        const { numDeletedRows } = await transaction.deleteFrom('webhooks').where('id', '=', id).executeTakeFirst();
        return numDeletedRows > 0n;
      }),
    );
  }

  async redeliver(id: string): Promise<boolean> {
    return guarded(() =>
      this.#store.transaction(async (transaction) => {
        const dead = await transaction
          .selectFrom('webhook_dead_letters')
          .select((build) => build.fn.min('epoch').as('first'))
          .where('webhook_id', '=', id)
          .executeTakeFirst();
        await transaction.deleteFrom('webhook_dead_letters').where('webhook_id', '=', id).execute();
        const first = dead?.first;
        const { numUpdatedRows } = await transaction
          .updateTable('webhooks')
          .set({
            state: 'active',
            failed_attempts: 0,
            dead_in_a_row: 0,
            next_attempt_at: 0,
            claimed_until: 0,
            ...(typeof first === 'number' ? { delivered_epoch: first - 1 } : {}),
          })
          .where('id', '=', id)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),
    );
  }

  async #checkUrl(url: string): Promise<void> {
    try {
      await checkTarget(parseTargetUrl(url), this.#options.guard, this.#options.resolve);
    } catch (cause) {
      if (!(cause instanceof TargetError)) throw cause;
      throw new WebhookError('webhook_refused', cause.message, { cause });
    }
  }

  async #recordOf(row: WebhooksTable): Promise<WebhookRecord> {
    const dead = await guarded(() =>
      this.#store.reader
        .selectFrom('webhook_dead_letters')
        .select('epoch')
        .where('webhook_id', '=', row.id)
        .orderBy('epoch')
        .limit(MAX_DEAD_LISTED)
        .execute(),
    );
    return {
      id: row.id,
      url: row.url,
      owner: row.owner,
      createdAtMs: row.created_at,
      state: row.state === 'stopped' ? 'stopped' : 'active',
      deliveredEpoch: row.delivered_epoch,
      failedAttempts: row.failed_attempts,
      ...(row.last_failure === null ? {} : { lastFailure: row.last_failure }),
      deadEpochs: dead.map(({ epoch }) => epoch),
    };
  }
}
