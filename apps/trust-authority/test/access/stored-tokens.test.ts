import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/access/scopes.js';
import { withConfiguredToken } from '../../src/access/configured-token.js';
import { StoredTokens } from '../../src/access/stored-tokens.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { describeDatabases } from '../support/databases.js';

describeDatabases('tokens', (kind) => {
  const stores: Store[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  async function openTokens() {
    const store = await openStore(await kind.create());
    stores.push(store);
    await migrate(store);
    let nowMs = 1_900_000_000_000;
    const clock = () => nowMs;
    return { store, tokens: new StoredTokens(store, clock), pass: (ms: number) => (nowMs += ms) };
  }

  it('tell who comes and what for', async () => {
    const { tokens } = await openTokens();
    const { token, record } = await tokens.create({ name: 'ci', scopes: ['issue', 'read', 'read'] });
    expect(record).toMatchObject({ name: 'ci', scopes: ['issue', 'read'] });
    expect(await tokens.authenticate(token)).toEqual({
      name: 'ci',
      tokenId: record.id,
      scopes: new Set(['issue', 'read']),
    });
  });

  it('are known by nothing but the whole of them', async () => {
    const { tokens } = await openTokens();
    const { token } = await tokens.create({ name: 'ci', scopes: ['issue'] });
    const other = await tokens.create({ name: 'other', scopes: ['read'] });
    const [prefix, id, secret] = token.split(/_(?=[0-9a-f]{16}_)|(?<=_[0-9a-f]{16})_/);
    const mixed = `${prefix}_${other.record.id}_${secret}`;
    for (const wrong of [mixed, `${token}A`, token.slice(0, -1), token.toUpperCase(), id!, '', `${token} `, 'x']) {
      expect(await tokens.authenticate(wrong)).toBeUndefined();
    }
  });

  it('are stored as hashes', async () => {
    const { store, tokens } = await openTokens();
    const { token } = await tokens.create({ name: 'ci', scopes: ['issue'] });
    const rows = await store.reader.selectFrom('access_tokens').selectAll().execute();
    expect(inspect(rows)).not.toContain(token.slice(-43));
  });

  it('expire', async () => {
    const { tokens, pass } = await openTokens();
    const { token } = await tokens.create({ name: 'ci', scopes: ['issue'], ttlSeconds: 60 });
    pass(59_999);
    expect(await tokens.authenticate(token)).toBeDefined();
    pass(1);
    expect(await tokens.authenticate(token)).toBeUndefined();
    expect(await tokens.list()).toEqual([]);
  });

  it('are revoked once and for all', async () => {
    const { tokens } = await openTokens();
    const { token, record } = await tokens.create({ name: 'ci', scopes: ['issue'] });
    expect(await tokens.revoke(record.id)).toBe(true);
    expect(await tokens.authenticate(token)).toBeUndefined();
    expect(await tokens.revoke(record.id)).toBe(false);
    expect(await tokens.rotate(record.id, 60)).toBeUndefined();
    expect(await tokens.revoke('0'.repeat(16))).toBe(false);
  });

  it('are replaced with an overlap, which a rotation never makes longer than what was left', async () => {
    const { tokens, pass } = await openTokens();
    const first = await tokens.create({ name: 'ci', scopes: ['issue'], ttlSeconds: 1000 });
    const second = await tokens.rotate(first.record.id, 60);
    expect(second!.record).toMatchObject({ name: 'ci', scopes: ['issue'], expiresAtMs: first.record.expiresAtMs });
    expect(second!.token).not.toBe(first.token);
    pass(59_999);
    expect(await tokens.authenticate(first.token)).toBeDefined();
    pass(1);
    expect(await tokens.authenticate(first.token)).toBeUndefined();
    expect(await tokens.authenticate(second!.token)).toBeDefined();
    const third = await tokens.rotate(second!.record.id, 100_000);
    expect(third).toBeDefined();
    pass(940_000);
    expect(await tokens.authenticate(second!.token)).toBeUndefined();
    expect(await tokens.authenticate(third!.token)).toBeUndefined();
  });

  it('have one first, of all scopes, also with two that make it at once and after it was revoked', async () => {
    const { store, tokens } = await openTokens();
    const replica = new StoredTokens(store);
    const made = (await Promise.all([tokens.createFirst(), replica.createFirst(), tokens.createFirst()])).filter(
      (token) => token !== undefined,
    );
    expect(made).toHaveLength(1);
    const principal = await replica.authenticate(made[0]!.token);
    expect([...principal!.scopes].sort()).toEqual([...SCOPES].sort());
    expect(await tokens.createFirst()).toBeUndefined();
    await tokens.revoke(made[0]!.record.id);
    expect(await tokens.createFirst()).toBeUndefined();
  });

  it('may be joined by one from the configuration, which is nowhere in the database', async () => {
    const { store, tokens } = await openTokens();
    const configured = 'a-token-that-the-operator-has-chosen';
    const both = await withConfiguredToken(tokens, configured);
    expect([...(await both.authenticate(configured))!.scopes].sort()).toEqual([...SCOPES].sort());
    expect(await both.authenticate(`${configured}x`)).toBeUndefined();
    const { token } = await both.create({ name: 'ci', scopes: ['read'] });
    expect(await both.authenticate(token)).toMatchObject({ name: 'ci' });
    expect(await both.createFirst()).toBeUndefined();
    expect(await store.reader.selectFrom('access_tokens').selectAll().execute()).toHaveLength(1);
    expect(inspect(both, { depth: 5 })).not.toContain(configured);
  });
});

describe('scopes', () => {
  it('are few', () => expect(SCOPES).toEqual(['issue', 'revoke', 'audit', 'read', 'admin']));
});
