import { KnownRevocations } from '@mcps/protocol';
import { createTrustClient } from '@mcps/trust-client';
import type { TrustNotice } from '@mcps/trust-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthorityProxy } from '../harness/authority-proxy.js';
import { rejectionOf, until } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import { inMemory, withSession } from '../harness/session.js';
import { TrustAuthority } from '../harness/trust-authority.js';
import type { Enrolled } from '../harness/trust-authority.js';

let authority: TrustAuthority;
let proxy: AuthorityProxy;
let agent: Enrolled;
let server: Enrolled;

beforeAll(async () => {
  authority = await TrustAuthority.start();
  proxy = await AuthorityProxy.start(() => authority.url);
  [agent, server] = [await authority.enrol('agent'), await authority.enrol('server')];
});

afterAll(async () => {
  await proxy.close();
  await authority.destroy();
});

const identity = ({ passport, privateKey }: Enrolled) => ({ passport, privateKey });
const whoami = { name: 'whoami', arguments: {} };

async function connecting(client: object): Promise<{ readonly code?: unknown; readonly message: string }> {
  const options = {
    client: { ...identity(agent), ...client },
    server: { ...identity(server), minTrustLevel: 0 as const },
  };
  const session = await inMemory.open(options);
  try {
    return await rejectionOf(session.connect());
  } finally {
    await session.close();
  }
}

describe('an authority in the options', () => {
  it('is pinned where no anchor is given, and that is said', async () => {
    const notices: TrustNotice[] = [];
    const onTrustNotice = (notice: TrustNotice) => {
      notices.push(notice);
    };
    const client = { ...identity(agent), trustAuthority: authority.url, onTrustNotice };
    const securing = { client, server: { ...identity(server), trustAnchors: [await authority.anchor()] } };
    await withSession(inMemory, securing, async ({ client: caller }) => {
      await caller.callTool(whoami);
    });
    expect(notices).toContainEqual(expect.objectContaining({ type: 'pinned', authority: 'test-authority' }));
  });

  it('must have the keys of the anchor that is given', async () => {
    const { authority: other } = await makeParties();
    const trustAnchors = [{ ...other.anchors[0]!, issuer: 'test-authority' }];
    const fault = await connecting({
      trustAnchors,
      trustAuthority: authority.url,
      minTrustLevel: 2,
      requireSecurity: true,
    });
    expect(fault).toMatchObject({ code: -33001, data: { code: 'MCPS-001' } });
  });

  it('is one, told in one way', async () => {
    const trustClient = await createTrustClient({ authorities: authority.url });
    try {
      const two = [await authority.anchor(), { ...(await authority.anchor()), issuer: 'another' }];
      const statusSource = { check: () => Promise.reject(new Error('never asked')) };
      const trustAuthority = authority.url;
      for (const [options, text] of [
        [{ trustAuthority, trustClient }, 'not both'],
        [{ trustAuthority, statusSource }, 'statusSource'],
        [{ trustAuthority, trustAnchors: two }, 'several'],
        [{ trustClient, trustAnchors: two }, 'its own anchors'],
        [{ trustClient, revocations: new KnownRevocations() }, 'revocations'],
        [{ trustAnchors: two, onTrustNotice: () => undefined }, 'onTrustNotice'],
        [{ trustAuthority: 'http://authority.example' }, 'http'],
        [{ trustAuthority: 'not an address' }, 'address'],
      ] as const) {
        const fault = await connecting(options);
        expect(fault).toMatchObject({ code: 'option_invalid' });
        expect(fault.message).toContain(text);
      }
    } finally {
      await trustClient.close();
    }
  });

  it('that cannot be reached, and whose keys nobody has configured, lets nobody connect', async () => {
    const fault = await connecting({ trustAuthority: 'http://127.0.0.1:9' });
    expect(fault).toMatchObject({ name: 'TrustClientError' });
  });

  it('may be a client of somebody else, who closes it', async () => {
    const trustClient = await createTrustClient({ authorities: authority.url });
    try {
      const securing = {
        client: { ...identity(agent), trustClient, minTrustLevel: 2 as const },
        server: { ...identity(server), trustClient, minTrustLevel: 2 as const },
      };
      for (let round = 0; round < 2; round += 1)
        await withSession(inMemory, securing, async ({ client: caller }) => {
          await caller.callTool(whoami);
        });
      expect(trustClient.isLive('test-authority')).toBe(true);
    } finally {
      await trustClient.close();
    }
  });

  it('is left alone a while after the last connection, and taken up again by the next', async () => {
    const options = (who: Enrolled) => ({
      ...identity(who),
      trustAuthority: proxy.url,
      minTrustLevel: 2 as const,
      onTrustNotice: () => undefined,
    });
    const securing = { client: options(agent), server: options(server) };
    await withSession(inMemory, securing, async ({ client: caller }) => {
      await caller.callTool(whoami);
    });
    await until(() => proxy.connections === 0, 'the connections to end');
    const keysBefore = proxy.paths.filter((path) => path === '/api/ta/public-key').length;
    await withSession(inMemory, securing, async ({ client: caller }) => {
      await caller.callTool(whoami);
    });
    // What was pinned is pinned.
    expect(proxy.paths.filter((path) => path === '/api/ta/public-key')).toHaveLength(keysBefore);
    expect(keysBefore).toBe(2);
  });
});
