import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import { bindable } from './libsql.js';
import type { SqliteConnection, SqliteStatement } from './libsql.js';
import { Turns } from './turns.js';

/** How many prepared statements are kept. Those of a batch differ by its number of rows. */
const MAX_STATEMENTS = 256;

/**
 * Kysely's driver for one SQLite connection, which one caller uses at a time.
 *
 * @param access with `write`, whatever is outside a transaction gets one of its own. A statement waits for locks and for the disk where it is called,
 *   that is, in the event loop; the beginning and the end of a transaction wait elsewhere.
 * @param turns shared by all that must take turns with this connection
 */
export class SqliteDriver implements Driver {
  readonly #connection: KyselyConnection;
  readonly #turns: Turns;

  constructor(connection: SqliteConnection, access: 'read' | 'write', turns = new Turns()) {
    this.#connection = new KyselyConnection(connection, access);
    this.#turns = turns;
  }

  async init(): Promise<void> {
    // The connection is open already.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take();
    return this.#connection;
  }

  // IMMEDIATE takes the lock for writing at once: a transaction that began by reading could not get it later without giving up.
  async beginTransaction(): Promise<void> {
    await this.#connection.begin();
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.end('COMMIT');
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.end('ROLLBACK');
  }

  async releaseConnection(): Promise<void> {
    this.#turns.pass();
  }

  /** Waits for whoever has the connection. Closing it is left to whoever opened it. */
  async destroy(): Promise<void> {
    await this.#turns.take();
    this.#connection.forget();
    this.#turns.pass();
  }
}

class KyselyConnection implements DatabaseConnection {
  readonly #database: SqliteConnection;
  readonly #access: 'read' | 'write';
  readonly #statements = new Map<string, SqliteStatement>();
  #isInTransaction = false;

  constructor(database: SqliteConnection, access: 'read' | 'write') {
    this.#database = database;
    this.#access = access;
  }

  async begin(): Promise<void> {
    await this.#database.exec('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.#database.exec(how);
    this.#isInTransaction = false;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#access === 'read' || this.#isInTransaction) return this.#execute(query);
    await this.begin();
    let result: QueryResult<R>;
    try {
      result = await this.#execute(query);
    } catch (error) {
      await this.end('ROLLBACK');
      throw error;
    }
    await this.end('COMMIT');
    return result;
  }

  async #execute<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = bindable(parameters);
    const statement = await this.#statement(sql);
    // What a row holds is for the query's types to know.
    if (statement.returnsRows) return { rows: (await statement.all(values)) as R[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(values).changes) };
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator, and no query of ours is that long
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported');
  }

  forget(): void {
    this.#statements.clear();
  }

  async #statement(sql: string): Promise<SqliteStatement> {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = await this.#database.prepare(sql);
    if (this.#statements.size >= MAX_STATEMENTS) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}
