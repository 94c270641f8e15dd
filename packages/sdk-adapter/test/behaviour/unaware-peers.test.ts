import { describe, expect, it } from 'vitest';
import { reasonsIn, rejectionOf, textOf } from '../harness/expectations.js';
import { isSigned } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { runners, secured, withSession } from '../harness/session.js';

const PERMISSIVE = { requireSecurity: false, minTrustLevel: 0 } as const;

describe.each(runners)('a peer that knows nothing of MCPS: $name', (runner) => {
  it('is served as a client where level 0 is allowed, without an identity', async () => {
    const parties = await makeParties({ server: PERMISSIVE });
    await withSession(runner, { client: undefined, server: parties.server.options }, async (session) => {
      expect(textOf(await session.client.callTool({ name: 'echo', arguments: { text: 'plain' } }))).toBe('plain');
      expect(session.calls.extras[0]!.authInfo).toBeUndefined();
      // A stateless server signs all the same: it cannot know whether anybody looks.
      expect(session.attacker.fromServer.every(isSigned)).toBe(runner.stateless);
    });
  });

  it('is refused as a client by default', async () => {
    const parties = await makeParties();
    const session = await runner.open({ client: undefined, server: parties.server.options });
    const error = await rejectionOf(session.connect());
    expect(error).toMatchObject({ code: -33004, data: { code: 'MCPS-004', reason: 'envelope_missing' } });
    expect(reasonsIn(session.serverErrors)).toEqual(['envelope_missing']);
    await session.close();
  });

  it('is accepted as a server where level 0 is allowed', async () => {
    const parties = await makeParties({ client: PERMISSIVE });
    await withSession(runner, { client: parties.client.options, server: undefined }, async (session) => {
      expect(textOf(await session.client.callTool({ name: 'echo', arguments: { text: 'plain' } }))).toBe('plain');
      expect(secured(session.client).peer).toBeUndefined();
      expect(secured(session.client).securityState).toBe('plain');
      const [initialize, ...later] = session.attacker.fromClient;
      expect(isSigned(initialize)).toBe(true);
      expect(later.filter(isSigned)).toEqual([]);
    });
  });

  it('is refused as a server by default, and nothing more is sent to it', async () => {
    const parties = await makeParties();
    const session = await runner.open({ client: parties.client.options, server: undefined });
    expect(await rejectionOf(session.connect())).toMatchObject({ code: -33004, data: { reason: 'envelope_missing' } });
    expect(session.attacker.fromClient.map((message) => message.method)).toEqual(['initialize']);
    await session.close();
  });
});

describe.each(runners)('two secured peers that may do without security still use it: $name', (runner) => {
  it('signs', async () => {
    const parties = await makeParties({ client: PERMISSIVE, server: PERMISSIVE });
    await withSession(runner, { client: parties.client.options, server: parties.server.options }, async (session) => {
      await session.client.ping();
      expect(secured(session.client).peer?.passportId).toBe(parties.server.identity.passport.passport_id);
      expect(session.attacker.fromServer.every(isSigned)).toBe(true);
    });
  });
});
