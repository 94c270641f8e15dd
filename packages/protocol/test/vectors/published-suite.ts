import {
  MemoryKnownPeers,
  MemoryPassportStore,
  MemoryReplayStore,
  createConnection,
  resolveSecurity,
  verifyPassport,
} from '../../src/index.js';
import type { Connection, JsonObject, PeerRole } from '../../src/index.js';
import { anchorsOf, steps } from './run.js';
import type { Input, Step } from './run.js';
import { SERVER_ID, WINDOW_MS, serverIdentity } from './server.js';

const ENDPOINT = 'https://server.example/mcp';

/** One side of a connection with a published peer, as the suite published-peers describes it. */
export async function receiveFromPublished(input: Input): Promise<unknown> {
  const now = Number(input['now']);
  const connection = await openConnection(input, now);
  for (const request of (input['sent'] ?? []) as JsonObject[]) await connection.protect(request);
  return steps(input['steps'] as (Step & { readonly message: unknown })[], async ({ message }) => {
    for (const item of await connection.open(message)) {
      if (item.type === 'report') throw item.error;
      if (item.type === 'flush') await connection.flush();
    }
  });
}

async function openConnection(input: Input, now: number): Promise<Connection> {
  const role = input['role'] as PeerRole;
  const anchors = await anchorsOf(input['anchors']);
  const clock = (): number => now;
  const [passportStore, knownPeers] = [new MemoryPassportStore({ clock }), new MemoryKnownPeers()];
  if (input['held'] !== false)
    await passportStore.put(await verifyPassport(input['passport'] as object, { anchors, now }));
  if (input['known'] === true) await knownPeers.add(ENDPOINT);
  const startedAt = Number(input['startedAt'] ?? now - 2 * WINDOW_MS);
  const config = await resolveSecurity(role, {
    ...(await serverIdentity(now)),
    trustAnchors: anchors,
    allowPublishedPeers: input['allowed'] === true,
    ...(role === 'server' ? { audience: SERVER_ID } : {}),
    passportStore,
    knownPeers,
    clock,
    replayStore: new MemoryReplayStore({ clock: () => startedAt }),
  });
  return createConnection(config, { delivery: 'ordered', ...(role === 'client' ? { endpoint: ENDPOINT } : {}) });
}
