import SyncLibsql from 'libsql';
import AsyncLibsql from 'libsql/promise';

export type SqliteValue = string | number | bigint | null;

/** One open SQLite database. `libsql` has a synchronous surface and another whose `exec` alone runs beside the event loop; this is what both are used for. */
export interface SqliteConnection {
  prepare(sql: string): Promise<SqliteStatement>;
  exec(sql: string): Promise<void>;
  close(): void;
}

export interface SqliteStatement {
  readonly returnsRows: boolean;
  run(parameters: readonly SqliteValue[]): { readonly changes: number };
  all(parameters: readonly SqliteValue[]): Promise<readonly unknown[]>;
}

/** How long to wait for another connection's lock on the file, milliseconds. A reader, which would wait in the event loop, has none to wait for in WAL mode. */
const WRITER_TIMEOUT_MS = 5_000;
const READER_TIMEOUT_MS = 100;

interface AsyncDatabase {
  prepare(sql: string): Promise<{
    readonly reader: boolean;
    run(parameters: readonly SqliteValue[]): { readonly changes: number };
    all(parameters: readonly SqliteValue[]): Promise<readonly unknown[]>;
  }>;
  exec(sql: string): Promise<void>;
  close(): void;
}

interface SyncDatabase {
  prepare(sql: string): {
    readonly reader: boolean;
    run(parameters: readonly SqliteValue[]): { readonly changes: number };
    all(parameters: readonly SqliteValue[]): readonly unknown[];
  };
  exec(sql: string): void;
  close(): void;
}

/** For writing: `exec` waits for the disk in another thread, and so does a COMMIT that is given to it. */
export function openWriter(path: string): SqliteConnection {
  const database: AsyncDatabase = new AsyncLibsql(path, { timeout: WRITER_TIMEOUT_MS });
  return {
    prepare: async (sql) => {
      const statement = await database.prepare(sql);
      return {
        returnsRows: statement.reader,
        run: (parameters) => statement.run(parameters),
        all: (parameters) => statement.all(parameters),
      };
    },
    exec: (sql) => database.exec(sql),
    close: () => {
      database.close();
    },
  };
}

/** For reading: answers at once, from the last commit. */
export function openReader(path: string): SqliteConnection {
  const database: SyncDatabase = new SyncLibsql(path, { timeout: READER_TIMEOUT_MS });
  return {
    prepare: async (sql) => {
      const statement = database.prepare(sql);
      return {
        returnsRows: statement.reader,
        run: (parameters) => statement.run(parameters),
        all: async (parameters) => statement.all(parameters),
      };
    },
    exec: async (sql) => {
      database.exec(sql);
    },
    close: () => {
      database.close();
    },
  };
}

/**
 * The values of a statement's parameters. The native code ends the whole process over a type that it does not expect, so nothing else may reach it. Whole
 * numbers are bound as integers, not as the floating point that they are in JavaScript.
 */
export function bindable(parameters: readonly unknown[]): SqliteValue[] {
  return parameters.map((value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
    throw new TypeError(`A value of type ${typeof value} cannot be stored`);
  });
}
