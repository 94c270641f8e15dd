import { describe, expect, it } from 'vitest';
import { isCall } from '../harness/expectations.js';
import { stripped } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { runners, withSession } from '../harness/session.js';

describe.each(runners)('audit events: $name', (runner) => {
  it('tell of the session, of every message accepted and refused, and of no content', async () => {
    const parties = await makeParties();
    await withSession(runner, { client: parties.client.options, server: parties.server.options }, async (session) => {
      await session.client.callTool({ name: 'echo', arguments: { text: 'the content of a message' } });
      session.attacker.once('toServer', isCall('echo'), (message) => [stripped(message)]);
      await session.client
        .callTool({ name: 'echo', arguments: { text: 'the content of a message' } })
        .catch(() => undefined);
    });
    const { audit } = parties.server;
    const id = parties.client.identity.passport.passport_id;
    if (!runner.stateless) {
      expect(audit).toContainEqual(
        expect.objectContaining({
          type: 'session.established',
          role: 'server',
          peer: expect.objectContaining({ passportId: id }),
        }),
      );
    }
    expect(audit).toContainEqual(
      expect.objectContaining({
        type: 'message.accepted',
        kind: 'request',
        method: 'tools/call',
        tool: 'echo',
        id: expect.anything(),
        messageHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        latencyMs: expect.any(Number),
        peer: expect.objectContaining({ passportId: id, level: 1 }),
      }),
    );
    expect(audit.filter((event) => event.type === 'message.refused')).toEqual([
      expect.objectContaining({
        code: 'MCPS-004',
        reason: 'envelope_missing',
        kind: 'request',
        method: 'tools/call',
        tool: 'echo',
        id: expect.anything(),
      }),
    ]);
    expect(parties.client.audit.map((event) => event.type)).toContain('message.accepted');
    expect(JSON.stringify([audit, parties.client.audit])).not.toContain('the content of a message');
  });

  it('change nothing when they cannot be written', async () => {
    const failing = {
      onAudit: () => {
        throw new Error('disk full');
      },
    };
    const parties = await makeParties({ client: failing, server: failing });
    await withSession(runner, { client: parties.client.options, server: parties.server.options }, async (session) => {
      await session.client.ping();
      expect(session.clientErrors).toEqual([]);
    });
  });
});
