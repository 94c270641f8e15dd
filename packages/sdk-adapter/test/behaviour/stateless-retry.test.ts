import { MemoryPassportStore } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { isCall, textOf } from '../harness/expectations.js';
import { clone } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { statelessHttp, withSession } from '../harness/session.js';

/** A replica that has just been started: it knows no passport yet. */
class ForgetfulPassports extends MemoryPassportStore {
  forgetting = false;

  override async get(id: string) {
    return this.forgetting ? undefined : super.get(id);
  }
}

describe('a stateless server that does not know the passport of a call', () => {
  it('asks for it, is sent the call once more with it, and runs the handler once', async () => {
    const passportStore = new ForgetfulPassports();
    const parties = await makeParties({ server: { passportStore } });
    await withSession(
      statelessHttp,
      { client: parties.client.options, server: parties.server.options },
      async (session) => {
        await session.client.ping();
        passportStore.forgetting = true;
        const result = await session.client.callTool({ name: 'echo', arguments: { text: 'once' } });
        expect(textOf(result)).toBe('once');
        expect(session.calls.names).toEqual(['echo']);
        const tries = session.attacker.fromClient.filter(isCall('echo'));
        expect(tries).toHaveLength(2);
        const [first, second] = tries;
        expect(first.params._meta['dev.mcps/passport']).toBeUndefined();
        expect(second.params._meta['dev.mcps/passport'].passport.passport_id).toBe(
          parties.client.identity.passport.passport_id,
        );
        expect(second.params._meta['dev.mcps/retry_of']).toBe(first.params._meta['dev.mcps/envelope'].nonce);
        expect(second.id).toBe(first.id);
        expect(session.clientErrors).toEqual([]);
      },
    );
  });

  it('runs the handler once even when the first try is replayed afterwards', async () => {
    const passportStore = new ForgetfulPassports();
    const parties = await makeParties({ server: { passportStore } });
    await withSession(
      statelessHttp,
      { client: parties.client.options, server: parties.server.options },
      async (session) => {
        await session.client.ping();
        passportStore.forgetting = true;
        await session.client.callTool({ name: 'echo', arguments: { text: 'once' } });
        passportStore.forgetting = false;
        const [first] = session.attacker.fromClient.filter(isCall('echo'));
        session.attacker.once(
          'toServer',
          (message) => message.method === 'ping',
          (message) => [clone(first), message],
        );
        await session.client.ping();
        expect(session.calls.names).toEqual(['echo']);
      },
    );
  });
});
