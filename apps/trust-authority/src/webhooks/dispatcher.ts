import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { EventFeed } from '../authority.js';
import type { AuthorityEvent } from '../formats.js';
import type { AddressGuard } from './address-guard.js';
import { DEFAULT_RETRY_POLICY, retryDelayMs } from './backoff.js';
import type { RetryPolicy } from './backoff.js';
import type { ClaimedWebhook, DeliveryLedger } from './delivery-ledger.js';
import { sendDelivery } from './send.js';
import type { SendOutcome } from './send.js';
import { TargetError, checkTarget, parseTargetUrl } from './target.js';
import type { Resolve } from './target.js';

export interface DispatcherOptions {
  readonly feed: EventFeed;
  readonly ledger: DeliveryLedger;
  readonly guard: AddressGuard;
  readonly resolve: Resolve;
  readonly policy?: RetryPolicy;
  readonly clock?: Clock;
  /** How often to look for tries that have become due, milliseconds. New events are looked for at once. */
  readonly pollMs?: number;
  /** For one try in all. */
  readonly timeLimitMs?: number;
  /** The most webhooks that are delivered to at once. */
  readonly concurrency?: number;
  /** The certificates to trust instead of the system's, in PEM. */
  readonly ca?: string;
  readonly onOutcome?: (outcome: 'delivered' | 'failed' | 'dead') => void;
  readonly onError?: (error: unknown) => void;
}

/** How many events of a webhook are read at once. */
const PAGE = 50;

/**
 * Delivers revocations to webhooks: each webhook's in their order, at least once, also after a restart; of several replicas one at a time delivers to a
 * webhook. Where a try fails the same event is tried again later, and given up in the end.
 */
export class WebhookDispatcher {
  readonly #options: DispatcherOptions;
  readonly #clock: Clock;
  readonly #timeLimitMs: number;
  readonly #policy: RetryPolicy;
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isWanted = false;
  #isClosed = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timeLimitMs = options.timeLimitMs ?? 10_000;
    this.#policy = options.policy ?? DEFAULT_RETRY_POLICY;
  }

  start(): void {
    this.#unsubscribe = this.#options.feed.subscribe(() => this.wake());
    this.#timer = setInterval(() => this.wake(), this.#options.pollMs ?? 1000);
    this.#timer.unref();
    this.wake();
  }

  /** Looks for deliveries now; while it looks already, once more afterwards. */
  wake(): void {
    if (this.#isClosed) return;
    this.#isWanted = true;
    this.#round ??= this.#rounds().finally(() => (this.#round = undefined));
  }

  /** Begins nothing new, and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe?.();
    clearInterval(this.#timer);
    await this.#round;
  }

  async #rounds(): Promise<void> {
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false;
      try {
        const { ledger, concurrency = 8 } = this.#options;
        // The claim outlives the longest work there can be, and ends by itself where this process dies.
        const claimMs = this.#timeLimitMs * (PAGE + 1);
        const claimed = await ledger.claim(this.#clock(), claimMs, concurrency);
        if (claimed.length === concurrency) this.#isWanted = true;
        await Promise.all(claimed.map((webhook) => this.#deliver(webhook)));
      } catch (error) {
        this.#options.onError?.(error);
      }
    }
  }

  async #deliver(webhook: ClaimedWebhook): Promise<void> {
    const { feed, ledger } = this.#options;
    let epoch = webhook.deliveredEpoch;
    let failed: { readonly event: AuthorityEvent; readonly reason: string } | undefined;
    try {
      const events = await feed.since(epoch, PAGE);
      for (const event of events) {
        if (this.#isClosed) break;
        const outcome = await this.#send(webhook, event);
        if (!outcome.delivered) {
          failed = { event, reason: outcome.reason };
          break;
        }
        this.#options.onOutcome?.('delivered');
        epoch = event.epoch;
      }
      if (events.length === PAGE) this.#isWanted = true;
    } finally {
      if (failed === undefined) await ledger.release(webhook, { deliveredEpoch: epoch });
      else await this.#fail(webhook, epoch, failed.event, failed.reason);
    }
  }

  async #fail(webhook: ClaimedWebhook, deliveredEpoch: number, event: AuthorityEvent, reason: string): Promise<void> {
    // What went well before counts as a new beginning.
    const before = deliveredEpoch > webhook.deliveredEpoch ? 0 : webhook.failedAttempts;
    const failedAttempts = before + 1;
    const nowMs = this.#clock();
    if (failedAttempts >= this.#policy.maxAttempts) {
      this.#options.onOutcome?.('dead');
      await this.#options.ledger.giveUp(webhook, { epoch: event.epoch, atMs: nowMs, reason });
      return;
    }
    this.#options.onOutcome?.('failed');
    const nextAttemptAtMs = nowMs + retryDelayMs(this.#policy, failedAttempts);
    await this.#options.ledger.postpone(webhook, { deliveredEpoch, failedAttempts, nextAttemptAtMs, reason });
  }

  async #send(webhook: ClaimedWebhook, event: AuthorityEvent): Promise<SendOutcome> {
    const { guard, resolve, ca } = this.#options;
    try {
      // At every try: where the name leads may have changed, and what is allowed too.
      const target = await withinTime(checkTarget(parseTargetUrl(webhook.url), guard, resolve), this.#timeLimitMs);
      if (target === undefined) return { delivered: false, reason: 'its name did not resolve in time' };
      const delivery = {
        id: event.id,
        timestampSeconds: Math.floor(this.#clock() / 1000),
        body: JSON.stringify(event),
      };
      const options = { timeLimitMs: this.#timeLimitMs, ...(ca === undefined ? {} : { ca }) };
      return await sendDelivery(target, delivery, webhook.secret, options);
    } catch (error) {
      if (error instanceof TargetError) return { delivered: false, reason: error.code };
      throw error;
    }
  }
}

async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
