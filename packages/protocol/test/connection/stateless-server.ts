import { MemoryPassportStore, MemoryReplayStore, createConnection, resolveSecurity } from '../../src/index.js';
import type { ReplayStore, SecurityConfig } from '../../src/index.js';
import { Pair, TestAuthority, TestClock, resultOf } from './harness.js';
import type { Identity, Side } from './harness.js';

/** A server that makes a fresh connection for every message, as stateless HTTP does, from one configuration. */
export class StatelessServer {
  readonly calls: unknown[] = [];
  readonly refused: string[] = [];

  constructor(private readonly config: SecurityConfig) {}

  async post(message: unknown): Promise<Record<string, unknown>[]> {
    const connection = await createConnection(this.config, { delivery: 'concurrent' });
    const answers: Record<string, unknown>[] = [];
    for (const item of await connection.open(message)) {
      if (item.type === 'report') this.refused.push((item.error as Error & { reason: string }).reason);
      if (item.type === 'answer') {
        for (const out of await connection.protect(item.answer)) if (out.type === 'send') answers.push(out.message);
      }
      if (item.type !== 'deliver') continue;
      const { id, method } = item.message as { id?: number; method?: string };
      if (method === 'tools/call') this.calls.push(id);
      if (id === undefined) continue;
      for (const out of await connection.protect(resultOf(id))) if (out.type === 'send') answers.push(out.message);
    }
    return answers;
  }
}

export interface Stateless {
  readonly pair: Pair;
  readonly server: StatelessServer;
  readonly identity: Identity;
  readonly authority: TestAuthority;
  readonly clock: TestClock;
}

export async function setUpStateless(): Promise<{
  pair: Pair;
  server: StatelessServer;
  identity: Identity;
  authority: TestAuthority;
  clock: TestClock;
}> {
  const clock = new TestClock();
  const authority = await TestAuthority.create(clock);
  const identity = await authority.issue('server');
  const config = await resolveSecurity('server', {
    passport: identity.passport,
    privateKey: identity.privateKey,
    trustAnchors: [authority.anchor],
    stateless: true,
    clock: clock.read,
    replayStore: new MemoryReplayStore({ clock: clock.read }),
    passportStore: new MemoryPassportStore(),
  });
  const pair = await Pair.create({
    authority,
    client: { audience: identity.passport.passport_id },
    delivery: 'concurrent',
  });
  return { pair, server: new StatelessServer(config), identity, authority, clock };
}

/** Sends from the client, posts to the server, and feeds every answer back, until nothing is left. */
export async function exchange(pair: Pair, server: StatelessServer, message: Record<string, unknown>): Promise<void> {
  const queue = [await pair.sign('client', message)];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const answer of await server.post(next)) {
      const side: Side = pair.client;
      for (const item of await side.connection.open(answer)) {
        if (item.type === 'deliver') side.delivered.push(item);
        if (item.type === 'report') side.reports.push(item.error as never);
        if (item.type !== 'answer') continue;
        for (const out of await side.connection.protect(item.answer)) if (out.type === 'send') queue.push(out.message);
      }
    }
  }
}

/** Another process of the same server: the same passport and key, and nothing remembered but what a store elsewhere holds. */
export async function restarted(
  { identity, authority, clock }: Stateless,
  replayStore?: ReplayStore,
): Promise<StatelessServer> {
  const config = await resolveSecurity('server', {
    passport: identity.passport,
    privateKey: identity.privateKey,
    trustAnchors: [authority.anchor],
    stateless: true,
    clock: clock.read,
    ...(replayStore === undefined ? {} : { replayStore }),
  });
  return new StatelessServer(config);
}
