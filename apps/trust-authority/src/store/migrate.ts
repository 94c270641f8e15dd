import { Migrator } from 'kysely';
import type { Store } from './store.js';
import { migrations } from './migrations/index.js';

/**
 * Brings the tables of a database to what this version expects; of several replicas that do so at once, one works and the others wait. Rejects where a
 * migration fails, and where the database has been migrated by a later version.
 */
export async function migrate(store: Store): Promise<void> {
  const migrator = new Migrator({
    db: store.writer,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: 'mcps_migrations',
    migrationLockTableName: 'mcps_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('A migration failed', { cause: error });
}
