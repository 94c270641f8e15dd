import { secureTransport } from '../../../src/index.js';
import { attackedPair } from '../../harness/attacker.js';
import type { Parties } from '../../harness/parties.js';
import { endOf } from './ends.js';
import { shakeHands } from './handshake.js';
import type { Meddler } from './meddler.js';
import type { OpenPath } from './run-path.js';

/** Transports in memory of SDK 1.x, joined by somebody who works on serialised copies; secured by the decorator, or not at all. */
export async function openInMemory(meddler: Meddler, parties: Parties | undefined): Promise<OpenPath> {
  const pair = await attackedPair();
  pair.attacker.keeps = false;
  for (const direction of ['toServer', 'toClient'] as const)
    pair.attacker[direction] = (message) => meddler.inPlaceOf(direction, message);
  const client = parties ? secureTransport(pair.client, { ...parties.client.options, role: 'client' }) : pair.client;
  const server = parties ? secureTransport(pair.server, { ...parties.server.options, role: 'server' }) : pair.server;
  const ends = { client: endOf(client), server: endOf(server) };
  await server.start();
  await client.start();
  await shakeHands(ends.client, ends.server);
  return {
    ...ends,
    flush: async () => {
      for (const end of [server, client]) if ('answered' in end) await end.answered();
    },
    close: () => client.close(),
  };
}
