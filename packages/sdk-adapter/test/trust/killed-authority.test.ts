import type { TrustAnchorOptions } from '@mcps/protocol';
import type { TrustClient } from '@mcps/trust-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecureOptions } from '../../src/index.js';
import type { Wire } from '../harness/message.js';
import { inMemory } from '../harness/session.js';
import { TrustAuthority, listeningClient } from '../harness/trust-authority.js';
import type { Enrolled } from '../harness/trust-authority.js';

const MAX_AGE_MS = 2_000;
const LIMIT_MS = 30_000;
const whoami = { name: 'whoami', arguments: {} };

/** What is on the wire when the authority dies: from the first message of a handshake to the answer of a call. */
const PHASES: readonly [string, 'toServer' | 'toClient', (message: Wire) => boolean][] = [
  ['the handshake begins', 'toServer', ({ method }) => method === 'initialize'],
  ['the server has answered it', 'toClient', ({ id, result }) => id === 0 && result !== undefined],
  ['the client has confirmed it', 'toServer', ({ method }) => method === 'notifications/initialized'],
  ['a call is on its way', 'toServer', ({ method }) => method === 'tools/call'],
  ['its answer is on its way', 'toClient', ({ id, result }) => id !== 0 && result !== undefined],
];

let authority: TrustAuthority;
let anchor: TrustAnchorOptions;
let agent: Enrolled;
let server: Enrolled;

beforeAll(async () => {
  authority = await TrustAuthority.start();
  anchor = await authority.anchor();
  [agent, server] = [await authority.enrol('agent'), await authority.enrol('server')];
});

afterAll(() => authority.destroy());

async function securing(clients: TrustClient[], { passport, privateKey }: Enrolled): Promise<SecureOptions> {
  const trustClient = await listeningClient({
    authorities: [{ urls: authority.url, trustAnchor: anchor }],
    maxAgeMs: MAX_AGE_MS,
    attemptTimeoutMs: 1_000,
    heartbeatMs: 1_000,
    pollMs: 500,
  });
  clients.push(trustClient);
  return { passport, privateKey, trustClient, minTrustLevel: 2, statusMaxAgeMs: MAX_AGE_MS, statusTimeoutMs: 2_000 };
}

describe.each(PHASES)('an authority that is killed while %s', (_, direction, matches) => {
  const isConfirmation = matches({ method: 'notifications/initialized' });

  // At once its last word still counts; later, nobody's status is known any more.
  it.each([0, 2 * MAX_AGE_MS])(
    'leaves nobody waiting, and lets nobody in unknown (held up for %i ms)',
    async (holdMs) => {
      const clients: TrustClient[] = [];
      const session = await inMemory.open({
        client: await securing(clients, agent),
        server: await securing(clients, server),
      });
      let isKilled = false;
      session.attacker.once(direction, matches, async (message) => {
        await authority.kill();
        isKilled = true;
        await new Promise((resolve) => setTimeout(resolve, holdMs));
        return [message];
      });
      try {
        const outcome = await settled(session.connect().then(() => session.client.callTool(whoami)));
        expect(isKilled).toBe(true);
        if (holdMs === 0) expect(outcome).toBe('answered');
        // A notification is refused without an answer: then the connection ends.
        else if (isConfirmation) expect(outcome).toMatchObject({ code: -32000 });
        else expect(outcome).toMatchObject({ code: -33007, data: { code: 'MCPS-007' } });
        // The handler has run for a caller whose status was known, or not at all.
        const isLate = holdMs > 0 && direction === 'toServer';
        if (isLate) expect(session.calls.names).toEqual([]);
      } finally {
        await session.close();
        for (const client of clients) await client.close();
        await authority.start();
      }
    },
  );
});

/** What became of it: never nothing. */
function settled(work: Promise<unknown>): Promise<unknown> {
  const waited = new Promise((resolve) => {
    setTimeout(resolve, LIMIT_MS, 'nothing').unref();
  });
  return Promise.race([
    work.then(
      () => 'answered',
      (error: unknown) => error,
    ),
    waited,
  ]);
}
