import { join } from 'node:path';
import Database from 'libsql';
import type { Contestant } from '../harness/contestant.js';

/**
 * What the embedded database can do by itself, with the settings of the authority: rows of the size of a passport, so many in each transaction, each of which is
 * on the disk when its time ends.
 */
export function sqliteRows(folder: string, text: string, batches: Readonly<Record<string, number>>): SqliteRows {
  const database = new Database(join(folder, 'rows.db'));
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE passports (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO passports (body) VALUES (?)');
  const write = (rows: number): void => {
    database.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < rows; row++) insert.run(text);
    database.exec('COMMIT');
  };
  const contestants = Object.entries(batches).map(([name, size]): Contestant => ({
    name,
    usesOtherProcesses: true,
    run: async (operations, watch) => {
      watch.time(() => {
        for (let left = operations; left > 0; left -= size) write(Math.min(left, size));
      });
    },
  }));
  return { contestants, close: () => database.close() };
}

/** Contestants over one database. */
export interface SqliteRows {
  readonly contestants: readonly Contestant[];
  close(): void;
}
