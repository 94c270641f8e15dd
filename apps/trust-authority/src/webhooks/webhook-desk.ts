/** What is known of a webhook, its secret apart. */
export interface WebhookRecord {
  readonly id: string;
  readonly url: string;
  /** The name of the token, or the id of the passport, that registered it. */
  readonly owner: string;
  readonly createdAtMs: number;
  /** `stopped`: deliveries failed for so long that none are tried any more. */
  readonly state: 'active' | 'stopped';
  /** The revocations up to this epoch are delivered, or given up. */
  readonly deliveredEpoch: number;
  readonly failedAttempts: number;
  /** Why the last try failed. */
  readonly lastFailure?: string;
  /** The epochs of revocations that were given up, oldest first, at most 100. */
  readonly deadEpochs: readonly number[];
}

export interface RegisterWebhookRequest {
  readonly url: string;
  readonly owner: string;
}

export interface RegisteredWebhook {
  readonly record: WebhookRecord;
  /** `whsec_` and base64. Told once. */
  readonly secret: string;
}

/** Why a webhook is not taken, out of a closed list. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: 'webhook_refused' | 'webhook_limit';

  constructor(code: WebhookError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The webhooks that are told of every revocation. */
export interface WebhookDesk {
  /** Checks where the URL leads. Rejects with {@link WebhookError}. */
  register(request: RegisterWebhookRequest): Promise<RegisteredWebhook>;
  /** Oldest first. */
  list(): Promise<readonly WebhookRecord[]>;
  get(id: string): Promise<WebhookRecord | undefined>;
  /** Resolves to whether there was such a webhook. */
  remove(id: string): Promise<boolean>;
  /** Tries again from the first revocation that was given up, or at once what waits for its next try. Resolves to whether there is such a webhook. */
  redeliver(id: string): Promise<boolean>;
}
