import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthorityProxy } from '../harness/authority-proxy.js';
import { reasonsIn, rejectionOf, textOf, until } from '../harness/expectations.js';
import { inMemory, secured, statefulHttp, withSession } from '../harness/session.js';
import { TrustAuthority, issueBelow, listeningClient } from '../harness/trust-authority.js';
import type { Enrolled } from '../harness/trust-authority.js';

let authority: TrustAuthority;
let proxy: AuthorityProxy;

beforeAll(async () => {
  authority = await TrustAuthority.start();
  proxy = await AuthorityProxy.start(() => authority.url);
});

afterAll(async () => {
  await proxy.close();
  await authority.destroy();
});

/** The form that fits on a line: an identity, an address, a level. */
const options = ({ passport, privateKey }: Enrolled) => ({
  passport,
  privateKey,
  trustAuthority: proxy.url,
  minTrustLevel: 2 as const,
  onTrustNotice: () => undefined,
});

const whoami = { name: 'whoami', arguments: {} };

describe.each([inMemory, statefulHttp])('with an authority: $name', (runner) => {
  it('both sides demand level 2, and get it without asking about each other', async () => {
    const [agent, server] = [await authority.enrol('agent'), await authority.enrol('server')];
    proxy.paths.length = 0;
    await withSession(runner, { client: options(agent), server: options(server) }, async (session) => {
      for (let count = 0; count < 5; count += 1)
        expect(textOf(await session.client.callTool(whoami))).toContain(agent.passport.passport_id);
      expect(secured(session.client).peer).toMatchObject({ level: 2, issuer: 'test-authority' });
      expect(
        session.calls.extras.map(({ authInfo }) => (authInfo?.extra?.['mcps'] as { level: number }).level),
      ).toEqual([2, 2, 2, 2, 2]);
      const [hello] = session.attacker.fromClient as { params: { _meta: Record<string, { staple?: object }> } }[];
      expect(hello?.params._meta['dev.mcps/passport']?.staple).toMatchObject({ status: 'VALID' });
    });
    expect(proxy.questions).toBe(0);
    expect(proxy.paths).toContain(`/api/staple/${agent.passport.passport_id}`);
  });

  it('an agent that is revoked in the middle of a session is cut off, and no handler runs for it', async () => {
    const [agent, server] = [await authority.enrol('agent'), await authority.enrol('server')];
    await withSession(runner, { client: options(agent), server: options(server) }, async (session) => {
      await session.client.callTool(whoami);
      await authority.revoke(agent.passport);
      // Heard while nothing is said: the session is idle.
      await until(() => reasonsIn(session.serverErrors).includes('passport_revoked'), 'the server to hear of it');
      const handled = session.calls.names.length;
      expect(await rejectionOf(session.client.callTool(whoami))).toMatchObject({
        code: -33003,
        data: { code: 'MCPS-003', reason: 'passport_revoked' },
      });
      expect(session.calls.names).toHaveLength(handled);
    });
  });

  it('a server that is revoked gets no further call, and nobody waits for its answer', async () => {
    const [agent, server] = [await authority.enrol('agent'), await authority.enrol('server')];
    await withSession(runner, { client: options(agent), server: options(server) }, async (session) => {
      await session.client.callTool(whoami);
      session.attacker.toClient = () => []; // the answer never comes
      const waiting = rejectionOf(session.client.callTool(whoami));
      await authority.revoke(server.passport);
      expect(await waiting).toMatchObject({ code: -33003, data: { reason: 'passport_revoked', outcome: 'unknown' } });
      expect(await rejectionOf(session.client.callTool(whoami))).toMatchObject({ code: 'MCPS-003' });
    });
  });

  it('whoever revokes an issuer cuts off those below it, whom the authority has never seen', async () => {
    const issuing = { depth: 0, level: 2, capabilities: ['*'] } as const;
    const department = await authority.enrol('department', { issuing });
    const chain = await authority.chainOf(department.passport);
    const [agent, server] = [await issueBelow(department, 'agent', chain), await authority.enrol('server')];
    // The authority itself knows nothing of this agent: the list that names neither it nor its issuer speaks for it.
    const trustClient = await listeningClient({ authorities: authority.url });
    const { trustAuthority: _, onTrustNotice: __, ...own } = options(server);
    const securing = { client: options(agent), server: { ...own, trustClient } };
    await withSession(runner, securing, async (session) => {
      await session.client.callTool(whoami);
      await authority.revoke(department.passport);
      await until(() => reasonsIn(session.serverErrors).includes('issuer_revoked'), 'the server to hear of it');
      expect(await rejectionOf(session.client.callTool(whoami))).toMatchObject({
        code: -33003,
        data: { reason: 'issuer_revoked' },
      });
    });
    await trustClient.close();
  });
});
