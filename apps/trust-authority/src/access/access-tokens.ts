import type { Principal, Scope } from './scopes.js';

/** What is known of a token. The token itself is known to its holder alone. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  /** Absent: until it is revoked. */
  readonly expiresAtMs?: number;
}

export interface CreateTokenRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly ttlSeconds?: number;
}

/** A token at the one moment when it can be read. */
export interface CreatedToken {
  readonly token: string;
  readonly record: TokenRecord;
}

/** The tokens that open what is not for everybody. */
export interface AccessTokens {
  /** Who holds a token, or `undefined` for one that is not valid (any longer). Rejects with `store_unavailable`. */
  authenticate(token: string): Promise<Principal | undefined>;
  create(request: CreateTokenRequest): Promise<CreatedToken>;
  /** Makes a new token with the same name and scopes. The old one goes on counting for `overlapSeconds`. `undefined` for an id that there is not. */
  rotate(id: string, overlapSeconds: number): Promise<CreatedToken | undefined>;
  /** Resolves to whether there was such a token. */
  revoke(id: string): Promise<boolean>;
  /** Those that count, oldest first. */
  list(): Promise<readonly TokenRecord[]>;
  /** The very first token, with all scopes; `undefined` where there has been one before, also one made by another replica in the same moment. */
  createFirst(): Promise<CreatedToken | undefined>;
}
