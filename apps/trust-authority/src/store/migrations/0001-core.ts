import type { Kysely } from 'kysely';

/*
 * Types that mean the same on both databases: `bigint` holds any integer (on SQLite a column declared so has integer affinity), `text` any string.
 * A migration that has been released is never changed, and knows nothing of the schema's present types.
 */

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('authority_state')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('authority', 'text', (column) => column.notNull())
    .addColumn('era', 'bigint', (column) => column.notNull())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('tree_size', 'bigint', (column) => column.notNull())
    .addColumn('root_hash', 'text', (column) => column.notNull())
    .addColumn('list_number', 'bigint', (column) => column.notNull())
    .addColumn('next_status_index', 'bigint', (column) => column.notNull())
    .addColumn('challenge_secret', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('passports')
    .addColumn('leaf_index', 'bigint', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('key_thumbprint', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('issuer_id', 'text')
    .addColumn('status_index', 'bigint', (column) => column.unique())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('supersedes', 'text')
    .addColumn('superseded_by', 'text')
    .addColumn('superseded_at', 'bigint')
    .execute();
  await db.schema.createIndex('passports_name').on('passports').column('name').execute();
  await db.schema.createIndex('passports_key').on('passports').column('key_thumbprint').execute();
  await db.schema.createIndex('passports_superseded').on('passports').column('superseded_at').execute();

  await db.schema
    .createTable('revocations')
    .addColumn('epoch', 'bigint', (column) => column.primaryKey())
    .addColumn('passport_id', 'text', (column) => column.notNull().unique())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('revoked_at', 'bigint', (column) => column.notNull())
    .addColumn('passport_expires_at', 'bigint', (column) => column.notNull())
    .addColumn('status_index', 'bigint')
    .addColumn('leaf_index', 'bigint', (column) => column.notNull())
    .addColumn('list_number', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('revocations_expiry').on('revocations').column('passport_expires_at').execute();

  await db.schema
    .createTable('used_challenges')
    .addColumn('challenge', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('used_challenges_expiry').on('used_challenges').column('expires_at').execute();

  await db.schema
    .createTable('log_leaves')
    .addColumn('idx', 'bigint', (column) => column.primaryKey())
    .addColumn('leaf', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('logged_at', 'bigint', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('log_nodes')
    .addColumn('level', 'integer', (column) => column.notNull())
    .addColumn('idx', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('log_nodes_key', ['level', 'idx'])
    .execute();

  await db.schema
    .createTable('status_lists')
    .addColumn('number', 'bigint', (column) => column.primaryKey())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('next_update', 'bigint', (column) => column.notNull())
    .addColumn('tree_size', 'bigint', (column) => column.notNull())
    .addColumn('root_hash', 'text', (column) => column.notNull())
    .addColumn('bitmap_size', 'bigint', (column) => column.notNull())
    .execute();
}
