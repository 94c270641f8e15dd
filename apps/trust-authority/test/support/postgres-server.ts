import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { once } from 'node:events';
import { Client } from 'pg';

/** Where Debian keeps the server's programs, the latest version first; then wherever PATH says. */
function programFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [...versions.map((version) => join(debian, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)];
}

/** The folder that holds both `initdb` and `postgres`. */
export function findPostgres(): string | undefined {
  return programFolders().find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, or as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('There is neither a user postgres nor a user nobody to run PostgreSQL as');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** A PostgreSQL server of our own in a temporary folder, on a free port of 127.0.0.1. */
export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #programs: string;
  readonly #user = unprivilegedUser();
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(programs: string, folder: string, port: number) {
    this.#programs = programs;
    this.#folder = folder;
    this.port = port;
  }

  static async start(settings: readonly string[] = []): Promise<PostgresServer> {
    const programs = findPostgres();
    if (programs === undefined) throw new Error('PostgreSQL is not installed');
    const folder = mkdtempSync(join(tmpdir(), 'mcps-postgres-'));
    const server = new PostgresServer(programs, folder, await freePort());
    if (server.#user !== undefined) chownSync(folder, server.#user.uid, server.#user.gid);
    const made = spawnSync(
      join(programs, 'initdb'),
      ['--pgdata', join(folder, 'data'), '--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync'],
      { ...server.#user, cwd: folder, encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}${String(made.error ?? '')}`);
    await server.run(settings);
    return server;
  }

  /** Starts the server over its data, and resolves once it answers. */
  async run(settings: readonly string[] = []): Promise<void> {
    const args = ['-D', join(this.#folder, 'data'), '-p', String(this.port), '-k', this.#folder];
    const fixed = ['listen_addresses=127.0.0.1', 'max_connections=100', 'logging_collector=off'];
    for (const setting of [...fixed, ...settings]) args.push('-c', setting);
    const child = spawn(join(this.#programs, 'postgres'), args, { ...this.#user, cwd: this.#folder, stdio: 'ignore' });
    this.#process = child;
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (child.exitCode !== null) throw new Error(`postgres ended with exit code ${child.exitCode}`);
      if (await this.#answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('postgres does not answer');
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** A new, empty database. Returns its URL. */
  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${process.pid}_${this.#databases}_${Math.random().toString(36).slice(2, 8)}`;
    await this.query('postgres', `create database ${name}`);
    return this.url(name);
  }

  async query(database: string, text: string): Promise<unknown[]> {
    const client = new Client({ connectionString: this.url(database), connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows as unknown[];
    } finally {
      await client.end();
    }
  }

  /** Ends the server: `fast` in order, `immediate` as a crash that recovery has to repair. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await once(child, 'exit');
  }

  async destroy(): Promise<void> {
    await this.stop('immediate');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
