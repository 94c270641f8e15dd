import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, inject } from 'vitest';

/** Makes databases of one kind. */
export interface DatabaseKind {
  readonly dialect: 'sqlite' | 'postgres';
  /** A new, empty database: what `openStore` takes. Another call makes another one. */
  create(): Promise<string>;
}

let made = 0;

const sqlite: DatabaseKind = {
  dialect: 'sqlite',
  create: async () => join(temporaryFolder(), 'authority.db'),
};

export const postgres: DatabaseKind = {
  dialect: 'postgres',
  create: async () => {
    made += 1;
    const base = `postgres://postgres@127.0.0.1:${inject('postgresPort')}`;
    const name = `test_${process.pid}_${made}_${Math.random().toString(36).slice(2, 10)}`;
    const client = new Client({ connectionString: `${base}/postgres` });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return `${base}/${name}`;
  },
};

/** Runs the same tests on both databases; without PostgreSQL those on it are skipped, and count as such. */
export function describeDatabases(name: string, tests: (kind: DatabaseKind) => void): void {
  describe(`${name} (SQLite)`, () => {
    tests(sqlite);
  });
  describePostgres(name, tests);
}

/** Tests that need what only PostgreSQL has. */
function describePostgres(name: string, tests: (kind: DatabaseKind) => void): void {
  describe.skipIf(inject('postgresPort') === 0)(`${name} (PostgreSQL)`, () => {
    tests(postgres);
  });
}

const folders: string[] = [];

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  if (folders.length === 0) {
    process.on('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'mcps-authority-'));
  folders.push(folder);
  return folder;
}
