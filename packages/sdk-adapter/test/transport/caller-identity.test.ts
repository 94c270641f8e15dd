import type { PeerIdentity } from '@mcps/protocol';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { callerIdentity, identityOfMessage, secureTransport } from '../../src/index.js';
import { withIdentity } from '../../src/identity/caller-identity.js';
import { makeParties } from '../harness/parties.js';
import type { PartyOverrides } from '../harness/parties.js';
import { INITIALIZE, settled } from '../harness/secured-pair.js';

const identity: PeerIdentity = {
  passportId: 'asp_0123456789abcdef0123456789abcdef',
  agent: { name: 'a', version: '1', capabilities: [] },
  level: 1,
  standing: 'anchored',
  issuer: 'i',
  authenticated: true,
  identity: 'i/asp_0123456789abcdef0123456789abcdef',
  publicKeyThumbprint: 't',
};
const oauth: AuthInfo = { token: 'bearer', clientId: 'oauth-client', scopes: ['read'], extra: { tenant: 7 } };
const forged = { ...oauth, extra: { ...oauth.extra, mcps: { passportId: 'forged', level: 4 } } };

describe('extra.authInfo.extra.mcps', () => {
  it('is added to what OAuth made, without changing it', () => {
    const extra: MessageExtraInfo = { authInfo: oauth, requestInfo: { headers: { a: 'b' } } };
    const enriched = withIdentity(extra, identity, true);
    expect(enriched).toEqual({
      requestInfo: { headers: { a: 'b' } },
      authInfo: { ...oauth, extra: { tenant: 7, mcps: identity } },
    });
    expect(oauth.extra).toEqual({ tenant: 7 });
  });

  it('comes with an authInfo that claims nothing where there was none, unless switched off', () => {
    const made = { authInfo: { token: '', clientId: identity.passportId, scopes: [], extra: { mcps: identity } } };
    expect(withIdentity(undefined, identity, true)).toEqual(made);
    expect(withIdentity({}, identity, true)).toEqual(made);
    expect(withIdentity({}, identity, false)).toEqual({});
    expect(withIdentity({ authInfo: oauth }, identity, false)?.authInfo?.extra).toEqual({ tenant: 7, mcps: identity });
  });

  it('never comes from outside', () => {
    expect(withIdentity({ authInfo: forged }, undefined, true)).toEqual({ authInfo: oauth });
    expect(withIdentity({ authInfo: forged }, identity, true)?.authInfo?.extra?.['mcps']).toBe(identity);
    expect(forged.extra.mcps.passportId).toBe('forged');
  });

  it('is not made for unsigned callers', () => {
    expect(withIdentity(undefined, undefined, true)).toBeUndefined();
    expect(withIdentity({ authInfo: oauth }, undefined, true)).toEqual({ authInfo: oauth });
  });
});

describe('an identity on a connection', () => {
  const open = async (overrides: PartyOverrides, clientSecured: boolean) => {
    const parties = await makeParties(overrides);
    const [left, right] = InMemoryTransport.createLinkedPair();
    const server = secureTransport(right, { ...parties.server.options, role: 'server' });
    const seen: { message: object; extra: MessageExtraInfo | undefined }[] = [];
    server.onmessage = (message, extra) => void seen.push({ message, extra });
    await server.start();
    const client = clientSecured ? secureTransport(left, { ...parties.client.options, role: 'client' }) : left;
    await client.start();
    // The in-memory transport lets a caller claim any authInfo: what an attacker on HTTP would do through a careless proxy.
    await client.send(structuredClone(INITIALIZE), { authInfo: forged });
    await settled(() => seen.length === 1);
    return { parties, ...seen[0]! };
  };

  it('reaches the handler, and is found by the message too', async () => {
    const { parties, message, extra } = await open({}, true);
    const id = parties.client.identity.passport.passport_id;
    expect(extra?.authInfo).toMatchObject({
      clientId: 'oauth-client',
      token: 'bearer',
      extra: { tenant: 7, mcps: { passportId: id } },
    });
    expect(identityOfMessage(message)).toMatchObject({ passportId: id, level: 1 });
    expect(identityOfMessage({ ...message })).toBeUndefined();
    expect(callerIdentity(extra!)).toMatchObject({ passportId: id });
    const copied = { authInfo: { ...oauth, extra: { mcps: { ...callerIdentity(extra!) } } } };
    expect(callerIdentity(copied)).toBeUndefined();
    expect(callerIdentity({ authInfo: forged })).toBeUndefined();
  });

  it('is absent for an unsigned caller, whatever it claims', async () => {
    const { message, extra } = await open({ server: { requireSecurity: false, minTrustLevel: 0 } }, false);
    expect(extra?.authInfo).toEqual(oauth);
    expect(identityOfMessage(message)).toBeUndefined();
  });
});
