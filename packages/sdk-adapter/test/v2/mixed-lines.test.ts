import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpClient1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as Client2, StreamableHTTPClientTransport as HttpClient2 } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { bridge, secureMCP, secureMCPClient, secureTransport, securedTransportOf } from '../../src/index.js';
import { attackedPair } from '../harness/attacker.js';
import { isMethod, textOf } from '../harness/expectations.js';
import { createFixtureServer as createServer1, newCalls as newCalls1 } from '../harness/fixture-server.js';
import { attackHttp } from '../harness/http-proxy.js';
import { serveStateful as serveHttp1 } from '../harness/http-server.js';
import { isSigned } from '../harness/message.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { createFixtureServer as createServer2, newCalls as newCalls2 } from './harness/fixture-server.js';
import { serveNode as serveHttp2 } from './harness/session.js';

const NAME = { name: 'test-client', version: '1.0.0' };

describe('peers of different lines of the SDK', () => {
  it.each([
    { name: 'a client of 1.x, a server of 2.x', client: 1, server: 2 },
    { name: 'a client of 2.x, a server of 1.x', client: 2, server: 1 },
    { name: 'a client of 2.x that asks for the revision, a server of 1.x', client: 'auto', server: 1 },
  ] as const)('understand each other in memory: $name', async ({ client: line, server }) => {
    const parties = await makeParties();
    const pair = await attackedPair();
    if (server === 1) await secureMCP(createServer1(newCalls1()), parties.server.options).connect(pair.server);
    else await secureMCP(createServer2(newCalls2()), parties.server.options).connect(pair.server);
    const client = line === 1 ? new Client1(NAME) : new Client2(NAME, line === 'auto' ? AUTO : {});
    if (client instanceof Client1) await secureMCPClient(client, parties.client.options).connect(pair.client);
    else await secureMCPClient(client, parties.client.options).connect(pair.client);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
    const seen: number[] = [];
    const call = { name: 'progress', arguments: { steps: 3 } };
    const options = { onprogress: ({ progress }: { progress: number }) => void seen.push(progress) };
    const result =
      client instanceof Client1
        ? await client.callTool(call, undefined, options)
        : await client.callTool(call, options);
    expect(textOf(result)).toBe('3 steps');
    expect(seen).toEqual([1, 2, 3]);
    expect(await client.readResource({ uri: 'fault://data' }).catch((error: unknown) => error)).toMatchObject({
      code: -32_050,
      data: { part: 'valve', code: 7 },
    });
    expect(textOf(await client.callTool({ name: 'whoami', arguments: {} }))).toContain('"name":"test-client"');
    expect([...pair.attacker.fromClient, ...pair.attacker.fromServer].every(isSigned)).toBe(true);
    await client.close();
  });

  it('understand each other over HTTP: a client of 1.x, a server of 2.x', async () => {
    const parties = await makeParties();
    const http = await serveHttp2(async (transport) => {
      const server = secureMCP(createServer2(newCalls2()), parties.server.options);
      await server.connect(transport);
      return server;
    });
    const proxy = await attackHttp(http.url);
    const client = secureMCPClient(new Client1(NAME), parties.client.options);
    await client.connect(new HttpClient1(proxy.url));
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'across' } }))).toBe('across');
    expect(proxy.attacker.fromServer.length).toBeGreaterThan(1);
    expect([...proxy.attacker.fromClient, ...proxy.attacker.fromServer].every(isSigned)).toBe(true);
    await client.close();
    await proxy.close();
    await http.close();
  });

  it('understand each other over HTTP: a client of 2.x, a server of 1.x', async () => {
    const parties = await makeParties();
    const http = await serveHttp1(async (transport) => {
      await secureMCP(createServer1(newCalls1()), parties.server.options).connect(transport);
    });
    const proxy = await attackHttp(http.url);
    const client = secureMCPClient(new Client2(NAME), parties.client.options);
    await client.connect(new HttpClient2(proxy.url));
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'across' } }))).toBe('across');
    expect(proxy.attacker.fromServer.length).toBeGreaterThan(1);
    expect([...proxy.attacker.fromClient, ...proxy.attacker.fromServer].every(isSigned)).toBe(true);
    await client.close();
    await proxy.close();
    await http.close();
  });

  it('are joined by a bridge, which passes a request on as it was delivered', async () => {
    const parties = await makeParties();
    const [front, back] = [await attackedPair(), await attackedPair()];
    const arrived: Wire[] = [];
    back.server.onmessage = (message) => void arrived.push(message);
    await secureMCP(createServer1(newCalls1()), parties.server.options).connect(back.server);
    const joined = await bridge(
      secureTransport(front.server, { ...parties.server.options, role: 'server' }),
      secureTransport(back.client, { ...parties.client.options, role: 'client' }),
    );
    const client = secureMCPClient(new Client2(NAME), parties.client.options);
    await client.connect(front.client);
    expect(securedTransportOf(client)?.peer?.agent.name).toBe('test-server');
    for (const text of ['one', 'two'])
      expect(textOf(await client.callTool({ name: 'echo', arguments: { text } }))).toBe(text);
    const calls = arrived.filter(isMethod('tools/call'));
    // The client stated nothing about its requests: what ties them to it stayed where it was.
    expect(calls.map(({ params }) => Object.keys(params))).toEqual([
      ['name', 'arguments'],
      ['name', 'arguments'],
    ]);
    await client.close();
    await joined.closed;
  });
});

const AUTO = { versionNegotiation: { mode: 'auto' } } as const;
