/** Tokens, as hashes. */
interface AccessTokensTable {
  readonly id: string;
  readonly name: string;
  /** Separated by blanks. */
  readonly scopes: string;
  /** Lower-case hex SHA-256 of the token. */
  readonly hash: string;
  readonly created_at: number;
  expires_at: number | null;
  /** 1 for the very first token, null for all others: unique, so that there is one first token. */
  readonly first: number | null;
}

export interface WebhooksTable {
  readonly id: string;
  readonly url: string;
  /** `whsec_` and base64: the sender of a signature cannot do with a hash. */
  readonly secret: string;
  readonly owner: string;
  readonly created_at: number;
  /** `active` or `stopped`. */
  state: string;
  /** The revocations up to this epoch are delivered, or given up. */
  delivered_epoch: number;
  failed_attempts: number;
  /** How many revocations were given up since the last one that was delivered. */
  dead_in_a_row: number;
  next_attempt_at: number;
  /** Until then one replica alone delivers. */
  claimed_until: number;
  last_failure: string | null;
}

/** Revocations that could not be delivered. */
interface WebhookDeadLettersTable {
  readonly webhook_id: string;
  readonly epoch: number;
  readonly failed_at: number;
  readonly reason: string;
}

/** The keys there have been. The private keys are with their custodian, under the same names. */
export interface AuthorityKeysTable {
  /** `status-1` and so on. */
  readonly name: string;
  /** `root`, `passport`, `status` or `evidence`. */
  readonly purpose: string;
  /** From 1 on in each purpose: the highest one signs. */
  readonly generation: number;
  /** The public key as a JWK. */
  readonly jwk: string;
  readonly not_before: number;
  /** Until then what it has signed counts; null while it is the present one. */
  not_after: number | null;
  /** For the purpose `passport`: the issuing passport, signed by the root. */
  readonly passport: string | null;
  /** It counts before it signs, so that everybody knows of it by then; null: from `not_before` on. */
  readonly signs_from: number | null;
}

/** The key sets there have been, signed by the root. The highest number counts. */
export interface KeySetsTable {
  readonly number: number;
  /** The number before, 0 of the first. Unique: of two replicas that change keys at the same time one has to begin again. */
  readonly previous: number;
  /** Its JSON. */
  readonly body: string;
}

export interface AccessTables {
  access_tokens: AccessTokensTable;
  webhooks: WebhooksTable;
  webhook_dead_letters: WebhookDeadLettersTable;
  authority_keys: AuthorityKeysTable;
  key_sets: KeySetsTable;
}
