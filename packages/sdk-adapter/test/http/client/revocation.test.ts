import { KnownRevocations } from '@mcps/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { rejectionOf, until } from '../../harness/expectations.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp } from '../../harness/secured-http.js';

let http: SecuredHttp;
let atClient: KnownRevocations;
let atServer: KnownRevocations;

afterEach(() => http.close());

async function callInProgress(carrier: 'top-level' | 'meta') {
  atClient = new KnownRevocations();
  atServer = new KnownRevocations();
  http = await openSecuredHttp({
    client: { carrier, revocations: atClient },
    server: { carrier, revocations: atServer },
  });
  const client = await http.connect();
  const ended = rejectionOf(client.callTool({ name: 'slow', arguments: { ms: 3_000 } }));
  await until(() => http.calls.names.includes('slow'), 'the call');
  return { client, ended };
}

const revoke = (known: KnownRevocations, who: 'client' | 'server') => {
  const { authority } = http.parties;
  known.add(authority.issuer, http.parties[who].identity.passport.passport_id, Date.now() + 600_000);
};

describe.each(['top-level', 'meta'] as const)(
  'whose passport is revoked in the middle of a call, carrier %s',
  (carrier) => {
    it('the server: the caller is told at once, the answer is not delivered, and nothing more is sent', async () => {
      const { client, ended } = await callInProgress(carrier);
      revoke(atClient, 'server');
      expect((await ended).data).toMatchObject({ reason: 'passport_revoked' });
      expect(http.tap.answers.some((message) => JSON.stringify(message).includes('done'))).toBe(false);
      const posted = http.tap.posted.length;
      await expect(client.callTool({ name: 'echo', arguments: { text: 'x' } })).rejects.toThrow();
      expect(http.tap.posted).toHaveLength(posted);
      expect(http.calls.names).toEqual(['slow']);
    });

    it('the client: its streams end, and its next call is refused', async () => {
      const { client, ended } = await callInProgress(carrier);
      revoke(atServer, 'client');
      expect((await ended).data).toMatchObject({ outcome: 'unknown' });
      expect(http.tap.answers.some((message) => JSON.stringify(message).includes('done'))).toBe(false);
      const refused = await rejectionOf(client.callTool({ name: 'echo', arguments: { text: 'x' } }));
      expect(refused.data).toMatchObject({ reason: 'passport_revoked' });
      expect(http.calls.names).toEqual(['slow']);
    });
  },
);
