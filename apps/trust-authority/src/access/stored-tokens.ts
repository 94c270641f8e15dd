import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { guarded } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import type { AccessTokens, CreateTokenRequest, CreatedToken, TokenRecord } from './access-tokens.js';
import { SCOPES } from './scopes.js';
import type { Principal, Scope } from './scopes.js';
import { createTokenText, hashToken, sameHash, tokenIdOf } from './token-text.js';

/** Marks the first token, of which there is never a second: the column is unique. */
const FIRST = 1;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly expires_at: number | null;
}

/** Keeps tokens in the authority's database, as hashes. A token that is revoked on one replica is refused by all with the next request. */
export class StoredTokens implements AccessTokens {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock = systemClock) {
    this.#store = store;
    this.#clock = clock;
  }

  async authenticate(token: string): Promise<Principal | undefined> {
    const id = tokenIdOf(token);
    if (id === undefined) return undefined;
    const row = await guarded(() =>
      this.#store.reader.selectFrom('access_tokens').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    const hash = await hashToken(token);
    if (row === undefined || !sameHash(hash, row.hash) || !isCurrent(row, this.#clock())) return undefined;
    return { name: row.name, tokenId: row.id, scopes: new Set(scopesOf(row.scopes)) };
  }

  create(request: CreateTokenRequest): Promise<CreatedToken> {
    return this.#insert(request, null);
  }

  async createFirst(): Promise<CreatedToken | undefined> {
    const existing = await guarded(() =>
      this.#store.reader.selectFrom('access_tokens').select('id').limit(1).executeTakeFirst(),
    );
    if (existing !== undefined) return undefined;
    return this.#insert({ name: 'first', scopes: SCOPES }, FIRST).catch(async (error: unknown) => {
      const tokens = await this.list();
      if (tokens.length > 0) return undefined;
      throw error;
    });
  }

  async rotate(id: string, overlapSeconds: number): Promise<CreatedToken | undefined> {
    const nowMs = this.#clock();
    const text = createTokenText();
    const hash = await hashToken(text.token);
    return guarded(() =>
      this.#store.transaction(async (transaction) => {
        const old = await transaction.selectFrom('access_tokens').selectAll().where('id', '=', id).executeTakeFirst();
        if (old === undefined || !isCurrent(old, nowMs)) return undefined;
        const until = nowMs + overlapSeconds * 1000;
        await transaction
          .updateTable('access_tokens')
          .set({ expires_at: Math.min(old.expires_at ?? until, until) })
          .where('id', '=', id)
          .execute();
        const row = { id: text.id, name: old.name, scopes: old.scopes, created_at: nowMs, expires_at: old.expires_at };
        await transaction
          .insertInto('access_tokens')
          .values({ ...row, hash, first: null })
          .execute();
        return { token: text.token, record: recordOf(row) };
      }),
    );
  }

  async revoke(id: string): Promise<boolean> {
    const nowMs = this.#clock();
    return guarded(() =>
      this.#store.transaction(async (transaction) => {
        const row = await transaction.selectFrom('access_tokens').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined || !isCurrent(row, nowMs)) return false;
        // The row stays: it keeps the first token from being made again.
        await transaction.updateTable('access_tokens').set({ expires_at: nowMs }).where('id', '=', id).execute();
        return true;
      }),
    );
  }

  async list(): Promise<readonly TokenRecord[]> {
    const nowMs = this.#clock();
    const rows = await guarded(() =>
      this.#store.reader.selectFrom('access_tokens').selectAll().orderBy('created_at').limit(1000).execute(),
    );
    return rows.filter((row) => isCurrent(row, nowMs)).map(recordOf);
  }

  async #insert({ name, scopes, ttlSeconds }: CreateTokenRequest, first: number | null): Promise<CreatedToken> {
    const nowMs = this.#clock();
    const { id, token } = createTokenText();
    const row = {
      id,
      name,
      scopes: [...new Set(scopes)].join(' '),
      created_at: nowMs,
      expires_at: ttlSeconds === undefined ? null : nowMs + ttlSeconds * 1000,
    };
    const hash = await hashToken(token);
    await guarded(() =>
      this.#store.transaction((transaction) =>
        transaction
          .insertInto('access_tokens')
          .values({ ...row, hash, first })
          .execute(),
      ),
    );
    return { token, record: recordOf(row) };
  }
}

function isCurrent({ expires_at }: Pick<TokenRow, 'expires_at'>, nowMs: number): boolean {
  return expires_at === null || nowMs < expires_at;
}

function scopesOf(text: string): Scope[] {
  const words = text.split(' ');
  return SCOPES.filter((scope) => words.includes(scope));
}

function recordOf({ id, name, scopes, created_at, expires_at }: TokenRow): TokenRecord {
  return {
    id,
    name,
    scopes: scopesOf(scopes),
    createdAtMs: created_at,
    ...(expires_at === null ? {} : { expiresAtMs: expires_at }),
  };
}
