import { describe, expect, it } from 'vitest';
import { isCall, reasonsIn, textOf } from '../harness/expectations.js';
import { clone } from '../harness/message.js';
import { makeParties, makeParty } from '../harness/parties.js';
import { Authority } from '../harness/identities.js';
import { inMemory, statefulHttp, withSession } from '../harness/session.js';

describe.each([inMemory, statefulHttp])('observe mode: $name', (runner) => {
  it('serves an unsigned client and reports what would have been refused', async () => {
    const parties = await makeParties({ server: { mode: 'observe' } });
    await withSession(runner, { client: undefined, server: parties.server.options }, async (session) => {
      expect(textOf(await session.client.callTool({ name: 'echo', arguments: { text: 'plain' } }))).toBe('plain');
      expect(session.calls.extras[0]!.authInfo).toBeUndefined();
      expect(new Set(reasonsIn(session.serverErrors))).toEqual(new Set(['envelope_missing']));
      expect(parties.server.audit.some((event) => event.type === 'message.reported')).toBe(true);
    });
  });

  it('serves a client whose passport nobody vouches for, without making an identity of it', async () => {
    const parties = await makeParties({ server: { mode: 'observe' } });
    const elsewhere = await Authority.create('elsewhere.example');
    const stranger = makeParty(parties.authority, await elsewhere.issue('stranger'));
    await withSession(runner, { client: stranger.options, server: parties.server.options }, async (session) => {
      // The client itself is strict: it must be able to verify what it is answered.
      await session.client.callTool({ name: 'whoami', arguments: {} });
      expect(session.calls.names).toEqual(['whoami']);
      expect(reasonsIn(session.clientErrors)).toEqual([]);
      expect(session.calls.extras[0]!.authInfo).toBeUndefined();
      expect(reasonsIn(session.serverErrors)).toContain('level_insufficient');
    });
  });

  it('lets a tampered call through, reported, and never anything of ours into it', async () => {
    const parties = await makeParties({ server: { mode: 'observe' } });
    await withSession(runner, { client: parties.client.options, server: parties.server.options }, async (session) => {
      session.attacker.once('toServer', isCall('echo'), (message) => {
        const copy = clone(message);
        copy.params.arguments.text = 'evil';
        return [copy];
      });
      await session.client.callTool({ name: 'echo', arguments: { text: 'harmless' } }).catch(() => undefined);
      expect(reasonsIn(session.serverErrors)).toEqual(['signature_invalid']);
      expect(session.calls.names).toEqual(['echo']);
      expect(JSON.stringify(session.calls.extras[0]!._meta ?? {})).not.toContain('dev.mcps');
      expect(session.calls.extras[0]!.authInfo).toBeUndefined();
    });
  });
});
