import type { AccessTokens } from './access-tokens.js';
import { SCOPES } from './scopes.js';
import type { Principal } from './scopes.js';
import { hashToken, sameHash } from './token-text.js';

/** Adds a token from the configuration, with all scopes, to those in the database. Only its hash stays in memory. */
export async function withConfiguredToken(tokens: AccessTokens, configured: string): Promise<AccessTokens> {
  const expected = await hashToken(configured);
  const principal: Principal = { name: 'configured', tokenId: 'configured', scopes: new Set(SCOPES) };
  return {
    authenticate: async (token) =>
      sameHash(await hashToken(token), expected) ? principal : tokens.authenticate(token),
    create: (request) => tokens.create(request),
    rotate: (id, overlapSeconds) => tokens.rotate(id, overlapSeconds),
    revoke: (id) => tokens.revoke(id),
    list: () => tokens.list(),
    createFirst: () => Promise.resolve(undefined),
  };
}
