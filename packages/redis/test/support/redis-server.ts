import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';

/** The server to test on: the one that is named, else Redis or Valkey from the search path. */
export const REDIS_SERVER = process.env['MCPS_REDIS_SERVER'] ?? onPath('redis-server') ?? onPath('valkey-server');

if (REDIS_SERVER === undefined) {
  console.warn('@mcps/redis: there is no redis-server or valkey-server (set MCPS_REDIS_SERVER): its tests are NOT run');
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** A server of the test's own, in a temporary folder and on a free port of the loopback interface. */
export class TestRedis {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mcps-redis-'));
  readonly #clients: Redis[] = [];
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly settings: readonly string[],
  ) {}

  /** @param settings further arguments, for example `['--maxmemory-policy', 'allkeys-lru']` */
  static async start(...settings: string[]): Promise<TestRedis> {
    const server = new TestRedis(await freePort(), settings);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const always = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''];
    const child = spawn(REDIS_SERVER ?? 'redis-server', [...always, '--appendonly', 'no', ...this.settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    let output = '';
    child.stdout.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`redis-server did not start:\n${output}`)));
      child.stdout.on('data', (text: string) => {
        output = (output + text).slice(-10_000);
        if (output.includes('eady to accept connections')) resolve();
      });
    });
  }

  /** A client that is connected; it is closed with the server. */
  async client(): Promise<Redis> {
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      enableOfflineQueue: false,
      retryStrategy: () => 50,
    });
    // Without a listener the client writes every lost connection to the log.
    client.on('error', () => undefined);
    this.#clients.push(client);
    await ready(client);
    return client;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends the server as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Waits until a client has a connection. */
export async function ready(client: {
  status: string;
  once(event: string, listener: () => void): unknown;
}): Promise<void> {
  if (client.status !== 'ready') await new Promise<void>((resolve) => client.once('ready', resolve));
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}
