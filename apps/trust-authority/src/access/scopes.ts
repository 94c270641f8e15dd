/** What a token may allow. `admin` is for tokens, keys and webhooks, and allows nothing of the others. */
export const SCOPES = ['issue', 'revoke', 'audit', 'read', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** Who a request comes from, as its token says. */
export interface Principal {
  /** The token's name, for the log. */
  readonly name: string;
  readonly tokenId: string;
  readonly scopes: ReadonlySet<Scope>;
}
