import type { TrustAnchorOptions } from '@mcps/protocol';
import type { TrustClient } from '@mcps/trust-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecureOptions } from '../../src/index.js';
import { AuthorityProxy } from '../harness/authority-proxy.js';
import type { Fault } from '../harness/authority-proxy.js';
import { rejectionOf } from '../harness/expectations.js';
import { inMemory, withSession } from '../harness/session.js';
import { TrustAuthority, listeningClient } from '../harness/trust-authority.js';
import type { Enrolled } from '../harness/trust-authority.js';

let authority: TrustAuthority;
let anchor: TrustAnchorOptions;
let agent: Enrolled;
let server: Enrolled;

beforeAll(async () => {
  authority = await TrustAuthority.start();
  anchor = await authority.anchor();
  [agent, server] = [await authority.enrol('agent'), await authority.enrol('server')];
});

afterAll(async () => {
  await authority.destroy();
});

const whoami = { name: 'whoami', arguments: {} };

const MAX_AGE_MS = 3_000;

/**
 * Both sides reach the authority through proxies of their own, and have heard from it. With the anchor configured no key is fetched.
 */
async function withProxies(
  use: (world: {
    readonly securing: { readonly client: SecureOptions; readonly server: SecureOptions };
    readonly ofClient: AuthorityProxy;
    readonly ofServer: AuthorityProxy;
  }) => Promise<void>,
): Promise<void> {
  const proxies: AuthorityProxy[] = [];
  const clients: TrustClient[] = [];
  const side = async ({ passport, privateKey }: Enrolled) => {
    const proxy = await AuthorityProxy.start(() => authority.url);
    proxies.push(proxy);
    const authorities = [{ urls: proxy.url, trustAnchor: anchor }];
    const trustClient = await listeningClient({
      authorities,
      maxAgeMs: MAX_AGE_MS,
      attemptTimeoutMs: 1_000,
      heartbeatMs: 1_000,
      pollMs: 500,
    });
    clients.push(trustClient);
    const times = { statusMaxAgeMs: MAX_AGE_MS, statusTimeoutMs: 3_000 };
    return { proxy, options: { passport, privateKey, trustClient, minTrustLevel: 2 as const, ...times } };
  };
  try {
    const [client, other] = [await side(agent), await side(server)];
    await use({
      securing: { client: client.options, server: other.options },
      ofClient: client.proxy,
      ofServer: other.proxy,
    });
  } finally {
    for (const client of clients) await client.close();
    for (const proxy of proxies) await proxy.close();
  }
}

const FAULTS: readonly Fault[] = ['silent', 'cut', 'garbage', 'refused'];

describe.each(FAULTS)('an authority whose answers are spoilt: %s', (fault) => {
  it('lets nobody in whose status is not known, and keeps nobody waiting', async () => {
    await withProxies(async ({ securing, ofClient, ofServer }) => {
      ofServer.break(fault);
      ofClient.break(fault);
      await new Promise((resolve) => setTimeout(resolve, MAX_AGE_MS));
      const session = await inMemory.open(securing);
      try {
        expect(await rejectionOf(session.connect())).toMatchObject({ code: -33007, data: { code: 'MCPS-007' } });
        expect(session.calls.names).toEqual([]);
      } finally {
        await session.close();
      }
    });
  });

  it('does not disturb a session while what it said before is fresh, and refuses its calls afterwards', async () => {
    await withProxies(async ({ securing, ofClient, ofServer }) => {
      await withSession(inMemory, securing, async ({ client, calls }) => {
        await client.callTool(whoami);
        ofServer.break(fault);
        ofClient.break(fault);
        const brokenAt = Date.now();
        while (Date.now() < brokenAt + 1_000) await client.callTool(whoami);
        expect(calls.names.length).toBeGreaterThan(1);
        // The answer ages; nothing renews it. What is refused is refused within the time that an answer may take.
        let refusal: unknown;
        const deadline = Date.now() + 30_000;
        while (refusal === undefined && Date.now() < deadline) {
          refusal = await client.callTool(whoami).then(
            () => undefined,
            (error: unknown) => error,
          );
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(refusal).toMatchObject({ code: -33007, data: { code: 'MCPS-007' } });
      });
    });
  });
});

describe('an authority that is killed', () => {
  it('is found again by a session that outlived it, which goes on', async () => {
    await withProxies(async ({ securing }) => {
      await withSession(inMemory, securing, async ({ client }) => {
        await client.callTool(whoami);
        await authority.kill();
        await authority.start();
        const deadline = Date.now() + 30_000;
        let calls = 0;
        // For longer than any answer from before stays fresh.
        while (calls < 8 && Date.now() < deadline) {
          await client.callTool(whoami).then(
            () => (calls += 1),
            () => (calls = 0),
          );
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
        expect(calls).toBe(8);
      });
    });
  });

  it('brings nobody back who was revoked while nobody could hear of it', async () => {
    await withProxies(async ({ securing, ofServer, ofClient }) => {
      const doomed = await authority.enrol('doomed');
      const client = { ...securing.client, passport: doomed.passport, privateKey: doomed.privateKey };
      await withSession(inMemory, { ...securing, client }, async (session) => {
        await session.client.callTool(whoami);
        ofServer.break('refused');
        await authority.revoke(doomed.passport);
        await authority.kill();
        await authority.start();
        ofServer.fault = 'none';
        ofClient.fault = 'none';
        let refusal: unknown;
        const deadline = Date.now() + 30_000;
        while (refusal === undefined && Date.now() < deadline) {
          refusal = await session.client.callTool(whoami).then(
            () => undefined,
            (error: unknown) => ((error as { code?: number }).code === -33003 ? error : undefined),
          );
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(refusal).toMatchObject({ code: -33003, data: { reason: 'passport_revoked' } });
        expect(await rejectionOf(session.client.callTool(whoami))).toMatchObject({ code: -33003 });
      });
    });
  });
});
