import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Parties } from '../../harness/parties.js';
import { FleetProxy } from './fleet-proxy.js';

/** What the replicas have in common, and what they are made with. */
export interface FleetSettings {
  /** `modern`: `createMcpHandler` of SDK 2.x. `classic`: the web-standard transport of 1.x, one for each request. */
  readonly line: 'modern' | 'classic';
  readonly sharesNonces: boolean;
  readonly sharesPassports: boolean;
}

const REPLICA = fileURLToPath(new URL('../fixtures/replica.mjs', import.meta.url));

/** Three processes that serve one identity, behind a round-robin. */
export class Fleet {
  /** The numbers that were counted, by whichever replica, in the order in which it became known. */
  readonly ran: number[] = [];

  private constructor(
    readonly proxy: FleetProxy,
    private readonly replicas: readonly ChildProcess[],
  ) {
    for (const replica of replicas)
      replica.on('message', (message: { ran?: number }) => {
        if (message.ran !== undefined) this.ran.push(message.ran);
      });
  }

  static async start({ server, authority }: Parties, redisPort: number, settings: FleetSettings): Promise<Fleet> {
    const REPLICA_SETTINGS = JSON.stringify({
      ...settings,
      redisPort,
      passport: server.identity.passport,
      privateKey: server.identity.pem,
      trustAnchors: JSON.parse(authority.anchorFile),
    });
    const replicas = [1, 2, 3].map(() =>
      fork(REPLICA, {
        env: { ...process.env, REPLICA_SETTINGS },
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    const ports = await Promise.all(replicas.map(portOf));
    return new Fleet(await FleetProxy.start(ports), replicas);
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    for (const replica of this.replicas) {
      const exited = once(replica, 'exit');
      replica.kill();
      await exited;
    }
  }
}

async function portOf(replica: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    replica.once('message', (message: { port: number }) => resolve(message.port));
    replica.once('exit', (code) => reject(new Error(`A replica ended with ${code} before it served`)));
  });
}
