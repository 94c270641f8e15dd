import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, TypeOverrides, types } from 'pg';
import type { PoolConfig } from 'pg';
import type { Database } from '../schema.js';
import type { Store } from '../store.js';
import { checkDurability } from './durability.js';
import { CHANNEL, listenForNotices } from './listen.js';

export interface PostgresStoreOptions {
  /** `postgres://…`. Never written to a log: it may hold a password. */
  readonly url: string;
  /** Connections at most, without the one that listens. Default 8. */
  readonly maxConnections?: number;
  /** How long a statement may take before the server gives it up, milliseconds. Default 5,000. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a connection, milliseconds. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Told of connections that are lost. Whoever is using one is told as well. */
  readonly onError?: (error: Error) => void;
}

/** `bigint` as a number, which all of ours fit in, rather than as text. */
const INTEGERS_AS_NUMBERS = new TypeOverrides();
INTEGERS_AS_NUMBERS.setTypeParser(types.builtins.INT8, Number);

/**
 * Opens a PostgreSQL database, version 13 or later. Connections are made when they are needed, so this succeeds also while the server is away.
 *
 * Durability: each connection that writes insists on `fsync` and on a `synchronous_commit` of at least `on`, see `checkDurability`.
 */
export function openPostgresStore(options: PostgresStoreOptions): Store {
  const { url, maxConnections = 8, statementTimeoutMs = 5_000, connectTimeoutMs = 3_000 } = options;
  const { onError = () => undefined } = options;
  const connection: PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A server that no longer answers at all has to be noticed on this side.
    query_timeout: statementTimeoutMs + connectTimeoutMs,
    lock_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs * 2,
    keepAlive: true,
    application_name: 'mcps-authority',
    types: INTEGERS_AS_NUMBERS,
  };
  const pool = new Pool({ ...connection, max: maxConnections });
  // A connection may be lost while it is idle, and also between two statements of a transaction, when the pool does not listen: unheard, that would end the process.
  pool.on('connect', (client) => client.on('error', onError));
  // Tells again of the idle ones.
  pool.on('error', () => undefined);
  const kysely = new Kysely<Database>({
    dialect: new PostgresDialect({ pool, onCreateConnection: (created) => checkDurability(created) }),
  });
  return {
    dialect: 'postgres',
    reader: kysely,
    writer: kysely,
    transaction: (work) => kysely.transaction().setIsolationLevel('read committed').execute(work),
    notify: async (transaction) => {
      await sql`select pg_notify(${CHANNEL}, '')`.execute(transaction);
    },
    listen: async (listener) => listenForNotices({ ...connection, statement_timeout: 0, query_timeout: 0 }, listener),
    close: () => kysely.destroy(),
  };
}
