import { MemoryReplayStore, createConnection, parsePassport, resolveSecurity } from '../../src/index.js';
import type { BodilessRequest, Connection, ConnectionSnapshot, TrustLevel } from '../../src/index.js';
import { anchorsOf, object } from './run.js';
import type { Input } from './run.js';
import { SERVER_ID, WINDOW_MS, serverIdentity, statusSaying } from './server.js';

interface Attempt {
  readonly header: string | null;
  readonly request: BodilessRequest;
}

/** A request without a body, put to a server in the midst of a session, as the suite session-headers describes it. */
export async function openBodiless(input: Input): Promise<unknown> {
  const { header, request, before = [] } = input;
  const connection = await serverOf(input);
  const open = (attempt: Attempt): Promise<unknown> =>
    connection.openRequest(attempt.header ?? undefined, attempt.request);
  for (const earlier of before as Attempt[]) await open(earlier).catch(() => undefined);
  await open({ header, request } as Attempt);
  return {};
}

async function serverOf(input: Input): Promise<Connection> {
  const { status, minTrustLevel = 1, requireLowS = false, channelBinding } = input;
  const now = Number(input['now']);
  // The session began while the passport was valid.
  let clockMs = now - WINDOW_MS;
  const clock = (): number => clockMs;
  const { passport, privateKey } = await serverIdentity(now);
  const config = await resolveSecurity('server', {
    // Nobody verifies a server's own passport but its peers.
    passport: { ...parsePassport(passport).passport, passport_id: SERVER_ID },
    privateKey,
    trustAnchors: await anchorsOf(input['anchors']),
    minTrustLevel: minTrustLevel as TrustLevel,
    requireLowS: requireLowS as boolean,
    clock,
    replayStore: new MemoryReplayStore({ clock: () => Number(input['storeBeganAt'] ?? now - 2 * WINDOW_MS) }),
    ...(status === undefined ? {} : { statusSource: statusSaying(status as string, clock) }),
    ...(channelBinding === undefined ? {} : { channelBinding: channelBinding as string }),
  });
  const connection = await createConnection(config, { delivery: 'concurrent', ...snapshotOf(input) });
  clockMs = now;
  return connection;
}

function snapshotOf({ session, passport }: Input): { readonly snapshot?: ConnectionSnapshot } {
  if (passport === null) return {};
  const peerPassport = object(passport);
  return {
    snapshot: {
      role: 'server',
      version: '1.0',
      session: session as string,
      peerPassport,
      nextSequence: 0,
      highestSequence: 0,
    },
  };
}
