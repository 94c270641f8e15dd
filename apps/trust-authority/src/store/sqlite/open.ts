import { closeSync, existsSync, openSync, realpathSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { Dialect } from 'kysely';
import type { Database } from '../schema.js';
import type { Store } from '../store.js';
import { SqliteDriver } from './driver.js';
import { openReader, openWriter } from './libsql.js';
import type { SqliteConnection } from './libsql.js';
import { turnsOf } from './turns.js';

const BUSY_ATTEMPTS = 100;
const BUSY_PAUSE_MS = 50;

/**
 * Opens, or makes, the embedded database. The file is readable by its owner only.
 *
 * Durability: the write-ahead log is synced with every commit (`synchronous = FULL`; in this mode NORMAL would lose the last commits with the power).
 *
 * @param path of the database's file; its folder exists
 */
export async function openSqliteStore(path: string): Promise<Store> {
  // Made here so that it never exists with another mode; SQLite gives its other files the mode of this one.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const forWriting = await prepareWriter(path);
  const forReading = await prepareReader(path);
  const writer = kyselyOver(new SqliteDriver(forWriting, 'write', turnsOf(realpathSync(path))));
  const reader = kyselyOver(new SqliteDriver(forReading, 'read'));
  return {
    dialect: 'sqlite',
    reader,
    writer,
    transaction: (work) => writer.transaction().execute(work),
    // Within the process everybody is told directly, and whoever shares the file asks from time to time.
    notify: async () => undefined,
    listen: async ({ onConnection }) => {
      onConnection(true);
      return async () => undefined;
    },
    close: async () => {
      await reader.destroy();
      await writer.destroy();
      // So that the file alone is the whole database for whoever copies it now.
      await forWriting.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      for (const connection of [forReading, forWriting]) connection.close();
    },
  };
}

/** SQLite undoes changes of the schema like any others, so a migration that is cut short leaves nothing behind. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function kyselyOver(driver: SqliteDriver): Kysely<Database> {
  const dialect: Dialect = {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Database>({ dialect });
}

async function prepareWriter(path: string): Promise<SqliteConnection> {
  const connection = openWriter(path);
  await enterWal(connection);
  await connection.exec('PRAGMA synchronous = FULL');
  await expectPragma(connection, 'synchronous', 2);
  return connection;
}

async function prepareReader(path: string): Promise<SqliteConnection> {
  const connection = openReader(path);
  await expectPragma(connection, 'journal_mode', 'wal');
  await connection.exec('PRAGMA query_only = ON');
  return connection;
}

/** The mode is a property of the file. While somebody else changes it, SQLite says so at once instead of waiting. */
async function enterWal(connection: SqliteConnection): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.exec('PRAGMA journal_mode = WAL');
      await expectPragma(connection, 'journal_mode', 'wal');
      return;
    } catch (error) {
      if (attempt === BUSY_ATTEMPTS || !isBusy(error)) throw error;
      await setTimeout(BUSY_PAUSE_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

/** Durability hangs on these settings, and SQLite passes over what it does not understand. */
async function expectPragma(connection: SqliteConnection, name: string, expected: string | number): Promise<void> {
  const [row] = await (await connection.prepare(`PRAGMA ${name}`)).all([]);
  const answer = (row as Readonly<Record<string, unknown>>)[name];
  if (answer !== expected)
    throw new Error(`SQLite answers PRAGMA ${name} with ${String(answer)}, not ${String(expected)}`);
}
