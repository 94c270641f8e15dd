import type { Kysely } from 'kysely';

/** Signed key sets, and keys that are published before they sign. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('key_sets')
    .addColumn('number', 'bigint', (column) => column.primaryKey())
    .addColumn('previous', 'bigint', (column) => column.notNull().unique())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('authority_keys').addColumn('signs_from', 'bigint').execute();
}
