import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { ConfigurationError } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { secureMCP, secureMCPClient, secureTransport } from '../../src/index.js';
import { rejectionOf } from '../harness/expectations.js';
import { createFixtureServer, newCalls } from '../harness/fixture-server.js';
import { makeParties } from '../harness/parties.js';
import { secured } from '../harness/session.js';

const newClient = () => new Client({ name: 'c', version: '1' });

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof ConfigurationError ? error.code : String(error);
  }
  return undefined;
}

describe('secureMCP and secureMCPClient', () => {
  it('return the very object that they are given', async () => {
    const parties = await makeParties();
    const high = createFixtureServer(newCalls());
    const low = new McpServer({ name: 's', version: '1' }).server;
    const client = newClient();
    expect(secureMCP(high, parties.server.options)).toBe(high);
    expect(secureMCP(low, parties.server.options)).toBe(low);
    expect(secureMCPClient(client, parties.client.options)).toBe(client);
  });

  it('secure a low-level server as well', async () => {
    const parties = await makeParties();
    const server = secureMCP(
      new McpServer({ name: 's', version: '1' }, { capabilities: { tools: {} } }).server,
      parties.server.options,
    );
    server.setRequestHandler(ListToolsRequestSchema, (_request, extra) => ({
      tools: [{ name: String(extra.authInfo?.clientId), inputSchema: { type: 'object' } }],
    }));
    const client = secureMCPClient(newClient(), parties.client.options);
    const [left, right] = InMemoryTransport.createLinkedPair();
    await server.connect(right);
    await client.connect(left);
    expect((await client.listTools()).tools[0]!.name).toBe(parties.client.identity.passport.passport_id);
    await client.close();
  });

  it('secure the low-level server of an McpServer, whoever connects it', async () => {
    const parties = await makeParties();
    const high = secureMCP(createFixtureServer(newCalls()), parties.server.options);
    const [left, right] = InMemoryTransport.createLinkedPair();
    await high.server.connect(right);
    expect(await rejectionOf(newClient().connect(left))).toMatchObject({ code: -33004 });
  });

  it('refuse what is connected already: it would go on without security', async () => {
    const parties = await makeParties();
    const [server, client] = [createFixtureServer(newCalls()), newClient()];
    const [left, right] = InMemoryTransport.createLinkedPair();
    await server.connect(right);
    await client.connect(left);
    expect(codeOf(() => secureMCP(server, parties.server.options))).toBe('already_connected');
    expect(codeOf(() => secureMCPClient(client, parties.client.options))).toBe('already_connected');
    await client.close();
    expect(secureMCPClient(client, parties.client.options)).toBe(client);
  });

  it('refuse to be called without options', () => {
    for (const options of [undefined, null, 'passport.json']) {
      expect(codeOf(() => secureMCP(createFixtureServer(newCalls()), options as never))).toBe('option_missing');
      expect(codeOf(() => secureMCPClient(newClient(), options as never))).toBe('option_missing');
    }
  });

  it('name an authority where a level needs one', async () => {
    const parties = await makeParties();
    const client = secureMCPClient(newClient(), {
      ...parties.client.options,
      minTrustLevel: 2,
      statusSource: undefined,
    } as never);
    expect(await rejectionOf(client.connect(InMemoryTransport.createLinkedPair()[0]))).toMatchObject({
      code: 'option_missing',
      message: expect.stringContaining('trustAuthority') as string,
    });
  });

  it('refuse to secure anything twice', async () => {
    const parties = await makeParties();
    const server = secureMCP(createFixtureServer(newCalls()), parties.server.options);
    const client = secureMCPClient(newClient(), parties.client.options);
    expect(codeOf(() => secureMCP(server, parties.server.options))).toBe('already_secured');
    expect(codeOf(() => secureMCP(server.server, parties.server.options))).toBe('already_secured');
    expect(codeOf(() => secureMCPClient(client, parties.client.options))).toBe('already_secured');
    const [left] = InMemoryTransport.createLinkedPair();
    const transport = secureTransport(left, { ...parties.client.options, role: 'client' });
    expect(await rejectionOf(client.connect(transport))).toMatchObject({ code: 'already_secured' });
  });

  it('refuse what is no object of the SDK', async () => {
    const parties = await makeParties();
    expect(codeOf(() => secureMCP({} as never, parties.server.options))).toBe('option_invalid');
  });

  it('tell of mistakes when connecting, and leave the object as it was before connecting', async () => {
    const parties = await makeParties();
    const client = secureMCPClient(newClient(), { ...parties.client.options, trustAnchors: [] });
    const [left] = InMemoryTransport.createLinkedPair();
    expect(await rejectionOf(client.connect(left))).toMatchObject({
      name: 'ConfigurationError',
      code: 'anchor_required',
    });
  });

  it('go on working after a reconnect, with a new session each time', async () => {
    const parties = await makeParties();
    const calls = newCalls();
    const server = secureMCP(createFixtureServer(calls), parties.server.options);
    const client = secureMCPClient(newClient(), parties.client.options);
    const sessions = new Set<string | undefined>();
    for (let round = 0; round < 3; round += 1) {
      const [left, right] = InMemoryTransport.createLinkedPair();
      await server.connect(right);
      await client.connect(left);
      await client.callTool({ name: 'echo', arguments: { text: 'again' } });
      sessions.add(secured(client).securitySession);
      await client.close();
    }
    expect(calls.names).toEqual(['echo', 'echo', 'echo']);
    expect(sessions.size).toBe(3);
    expect(sessions.has(undefined)).toBe(false);
  });

  it('resolve the same options object once for all connections, so that they share their memory', async () => {
    const parties = await makeParties();
    let reads = 0;
    const options = {
      ...parties.server.options,
      get passport() {
        reads += 1;
        return parties.server.identity.passport;
      },
    };
    for (let round = 0; round < 2; round += 1) {
      const server = secureMCP(createFixtureServer(newCalls()), options);
      const client = secureMCPClient(newClient(), parties.client.options);
      const [left, right] = InMemoryTransport.createLinkedPair();
      await server.connect(right);
      await client.connect(left);
      await client.close();
      if (round === 0) reads = 0;
    }
    expect(reads).toBe(0);
  });
});
