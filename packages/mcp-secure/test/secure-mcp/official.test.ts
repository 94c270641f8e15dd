import { Client as Client2, InMemoryTransport as InMemoryTransport2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer as McpServer2 } from '@modelcontextprotocol/server';
import { callerIdentity, securedTransportOf } from '@mcps/sdk-adapter';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TrustAuthority } from '../../../sdk-adapter/test/harness/trust-authority.js';
import type { Enrolled } from '../../../sdk-adapter/test/harness/trust-authority.js';
import * as mcps from '../../src/index.js';

let authority: TrustAuthority;
let other: TrustAuthority;
let server: Enrolled;
let agent: Enrolled;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [authority, other] = [await TrustAuthority.start(), await TrustAuthority.start('other-authority')];
  server = await authority.enrol('server');
  agent = await authority.enrol('agent');
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

afterAll(async () => {
  await Promise.all([authority.destroy(), other.destroy()]);
});

const quiet = { onTrustNotice: () => {} };
const idOptions = ({ passport, privateKey }: Enrolled) => ({
  passport: passport.passport_id,
  privateKey,
  trustAuthority: authority.url,
  minTrustLevel: 2 as const,
  ...quiet,
});

function whoAmI(): McpServer {
  const weather = new McpServer({ name: 'weather', version: '1.0.0' });
  weather.registerTool('whoami', { description: 'Says who is calling' }, (extra) => ({
    content: [{ type: 'text', text: `${callerIdentity(extra)?.agent.name}, level ${callerIdentity(extra)?.level}` }],
  }));
  return weather;
}

async function connected(mcpServer: McpServer, client: Client): Promise<Client> {
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  closing.push(() => client.close());
  await mcpServer.connect(serverSide);
  await client.connect(clientSide);
  return client;
}

const newClient = () => new Client({ name: 'assistant', version: '1.0.0' });

describe('secureMCP for a server of the official SDK', () => {
  it('returns that very server, whose passport is had from the authority by its id', async () => {
    const weather = whoAmI();
    expect(mcps.secureMCP(weather, idOptions(server))).toBe(weather);
    const client = newClient();
    expect(mcps.secureMCPClient(client, idOptions(agent))).toBe(client);
    await connected(weather, client);
    const { content } = await client.callTool({ name: 'whoami' });
    expect(content).toEqual([{ type: 'text', text: 'agent, level 2' }]);
    expect(securedTransportOf(client)?.peer?.agent.name).toBe('server');
  });

  it('takes the passport itself as well, and its JSON text', async () => {
    const weather = mcps.secureMCP(whoAmI(), { ...idOptions(server), passport: server.passport });
    const passport = JSON.stringify(agent.passport);
    const client = mcps.secureMCPClient(newClient(), { ...idOptions(agent), passport });
    await connected(weather, client);
    expect((await client.callTool({ name: 'whoami' })).content).toEqual([{ type: 'text', text: 'agent, level 2' }]);
  });

  it('refuses a client without MCPS', async () => {
    const weather = mcps.secureMCP(whoAmI(), idOptions(server));
    await expect(connected(weather, newClient())).rejects.toMatchObject({ code: -33004 });
  });

  it('asks several authorities', async () => {
    const stranger = await other.enrol('stranger');
    const both = { trustAuthority: undefined, trustAuthorities: [other.url, authority.url] };
    const weather = mcps.secureMCP(whoAmI(), { ...idOptions(server), ...both });
    const client = mcps.secureMCPClient(newClient(), { ...idOptions(stranger), ...both });
    await connected(weather, client);
    expect((await client.callTool({ name: 'whoami' })).content).toEqual([{ type: 'text', text: 'stranger, level 2' }]);
  });

  it('believes only the issuers that it is told to', async () => {
    const stranger = await other.enrol('stranger');
    const both = { trustAuthority: undefined, trustAuthorities: [other.url, authority.url] };
    const trustedIssuers = ['test-authority'];
    const weather = mcps.secureMCP(whoAmI(), { ...idOptions(server), ...both, trustedIssuers });
    const client = mcps.secureMCPClient(newClient(), { ...idOptions(stranger), ...both });
    await expect(connected(weather, client)).rejects.toMatchObject({ code: -33009 });
  });

  it('says what to pass where no authority knows the id', async () => {
    const weather = mcps.secureMCP(whoAmI(), { ...idOptions(server), passport: 'asp_abc123' });
    await expect(weather.connect(InMemoryTransport.createLinkedPair()[0])).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'option_invalid',
      message: expect.stringContaining('give the passport itself'),
    });
    const alone = mcps.secureMCP(whoAmI(), { passport: 'asp_abc123', privateKey: server.privateKey });
    await expect(alone.connect(InMemoryTransport.createLinkedPair()[0])).rejects.toMatchObject({
      code: 'option_missing',
    });
  });

  it('tries again with the next connection where the authority could not be asked', async () => {
    const options = {
      ...idOptions(server),
      trustAuthority: other.url,
      passport: (await other.enrol('s')).passport.passport_id,
    };
    await other.kill();
    const weather = mcps.secureMCP(whoAmI(), { ...options, privateKey: server.privateKey });
    await expect(weather.connect(InMemoryTransport.createLinkedPair()[0])).rejects.toMatchObject({
      name: 'TrustClientError',
    });
    await other.start();
    // Asked this time: what it is refused for now is the key.
    await expect(weather.connect(InMemoryTransport.createLinkedPair()[0])).rejects.toMatchObject({
      code: 'key_mismatch',
    });
  });

  it('tells of a revocation', async () => {
    const gone = await authority.enrol('gone');
    const onRevoked = vi.fn();
    const weather = mcps.secureMCP(whoAmI(), { ...idOptions(server), onRevoked });
    const client = await connected(weather, mcps.secureMCPClient(newClient(), idOptions(gone)));
    await authority.revoke(gone.passport);
    await vi.waitFor(() => expect(onRevoked).toHaveBeenCalledWith(gone.passport.passport_id, 'passport_revoked'), {
      timeout: 60_000,
    });
    await expect(client.callTool({ name: 'whoami' })).rejects.toThrow();
  });

  it('takes the low-level server, and both ends of SDK 2', async () => {
    const low = new Server({ name: 'low', version: '1.0.0' });
    expect(mcps.secureMCP(low, idOptions(server))).toBe(low);
    const weather = new McpServer2({ name: 'weather', version: '1.0.0' });
    weather.registerTool('whoami', { description: 'Says who is calling' }, (context: object) => ({
      content: [{ type: 'text', text: String(callerIdentity(context as never)?.agent.name) }],
    }));
    expect(mcps.secureMCP(weather, idOptions(server))).toBe(weather);
    const client = new Client2({ name: 'assistant', version: '1.0.0' });
    expect(mcps.secureMCPClient(client, idOptions(agent))).toBe(client);
    const [clientSide, serverSide] = InMemoryTransport2.createLinkedPair();
    closing.push(() => client.close());
    await weather.connect(serverSide);
    await client.connect(clientSide);
    expect((await client.callTool({ name: 'whoami' })).content).toEqual([{ type: 'text', text: 'agent' }]);
  });
});
