import { statSync } from 'node:fs';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.js';
import { migrations } from '../../src/store/migrations/index.js';
import { openStore } from '../../src/store/open-store.js';
import type { Store } from '../../src/store/store.js';
import { describeDatabases } from '../support/databases.js';

const leaf = (idx: number) => ({ idx, leaf: '{}', hash: 'aa', logged_at: 1_800_000_000_123 });

describeDatabases('a store', (kind) => {
  let location: string;
  let store: Store;

  beforeEach(async () => {
    location = await kind.create();
    store = await openStore(location);
    await migrate(store);
  });
  afterEach(() => store.close());

  const leaves = (of: Store) => of.reader.selectFrom('log_leaves').selectAll().orderBy('idx').execute();

  it('keeps what a transaction wrote, numbers as numbers, also for one who opens it anew', async () => {
    await store.transaction(async (transaction) => {
      await transaction
        .insertInto('log_leaves')
        .values([leaf(0), leaf(2 ** 45)])
        .execute();
    });
    const again = await openStore(location);
    expect(await leaves(again)).toEqual([leaf(0), leaf(2 ** 45)]);
    await again.close();
  });

  it('keeps nothing of a transaction that failed, and goes on', async () => {
    const fault = new Error('no');
    await expect(
      store.transaction(async (transaction) => {
        await transaction.insertInto('log_leaves').values(leaf(0)).execute();
        throw fault;
      }),
    ).rejects.toBe(fault);
    await expect(
      store.transaction((transaction) =>
        transaction
          .insertInto('log_leaves')
          .values([leaf(1), leaf(1)])
          .execute(),
      ),
    ).rejects.toThrow();
    expect(await leaves(store)).toEqual([]);
    await store.transaction((transaction) => transaction.insertInto('log_leaves').values(leaf(3)).execute());
    expect(await leaves(store)).toEqual([leaf(3)]);
  });

  it('shows a reader nothing that is not committed, and does not make it wait', async () => {
    await store.transaction(async (transaction) => {
      await transaction.insertInto('log_leaves').values(leaf(0)).execute();
      expect(await leaves(store)).toEqual([]);
    });
    expect(await leaves(store)).toHaveLength(1);
  });

  it('tells a conflict from an insertion', async () => {
    const used = { challenge: 'c', expires_at: 1 };
    const insert = () =>
      store.transaction((transaction) =>
        transaction
          .insertInto('used_challenges')
          .values([used])
          .onConflict((conflict) => conflict.doNothing())
          .returning('challenge')
          .execute(),
      );
    expect(await insert()).toEqual([{ challenge: 'c' }]);
    expect(await insert()).toEqual([]);
  });

  it('migrates once, whoever else does so at the same time', async () => {
    const fresh = await kind.create();
    const stores = await Promise.all([openStore(fresh), openStore(fresh), openStore(fresh)]);
    await Promise.all(stores.map((one) => migrate(one)));
    await Promise.all(stores.map((one) => migrate(one)));
    const [first] = stores;
    const done = await sql<{ name: string }>`select name from mcps_migrations`.execute(first.reader);
    expect(done.rows.map(({ name }) => name)).toEqual(Object.keys(migrations));
    await Promise.all(stores.map((one) => one.close()));
  });

  it('refuses a database that a later version has migrated', async () => {
    await sql`insert into mcps_migrations (name, timestamp) values ('9999-later', '')`.execute(store.writer);
    await expect(migrate(store)).rejects.toThrow(/9999-later/);
  });

  it('takes no value of a type that the tables do not have', async () => {
    for (const wrong of [true, undefined, {}, 0.5, Number.NaN]) {
      const insert = store.transaction((transaction) =>
        transaction
          .insertInto('log_leaves')
          .values({ ...leaf(0), logged_at: wrong as number })
          .execute(),
      );
      await expect(insert, typeof wrong).rejects.toThrow();
    }
    expect(await leaves(store)).toEqual([]);
  });

  if (kind.dialect === 'sqlite') {
    it('syncs with every commit, and belongs to its owner alone', async () => {
      const [mode] = (await sql`pragma journal_mode`.execute(store.writer)).rows;
      const [sync] = (await sql`pragma synchronous`.execute(store.writer)).rows;
      expect([mode, sync]).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }]);
      expect(statSync(location).mode & 0o777).toBe(0o600);
      expect(statSync(`${location}-wal`).mode & 0o777).toBe(0o600);
    });

    it('cannot be written through its reader', async () => {
      await expect(store.reader.insertInto('log_leaves').values(leaf(0)).execute()).rejects.toThrow(
        /readonly|read-only/i,
      );
    });
  }
});
