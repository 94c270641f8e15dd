import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import { secureMCP } from '../../src/index.js';
import { rejectionOf, textOf } from '../harness/expectations.js';
import { createFixtureServer, newCalls } from '../harness/fixture-server.js';
import { serveStateful } from '../harness/http-server.js';
import { makeParties } from '../harness/parties.js';
import { createClient, secured } from '../harness/session.js';

describe('a client that goes on with an HTTP session of an earlier process', () => {
  it('sends no initialize, and is recognised by the snapshot of its security', async () => {
    const parties = await makeParties();
    const calls = newCalls();
    const http = await serveStateful((transport) =>
      secureMCP(createFixtureServer(calls), parties.server.options).connect(transport),
    );
    const first = createClient([], parties.client.options);
    const firstTransport = new StreamableHTTPClientTransport(http.url);
    await first.connect(firstTransport);
    await first.callTool({ name: 'echo', arguments: { text: 'before' } });
    const snapshot = JSON.parse(JSON.stringify(secured(first).snapshot()));
    const { sessionId } = firstTransport;
    await first.close();

    const second = createClient([], { ...parties.client.options, snapshot });
    await second.connect(new StreamableHTTPClientTransport(http.url, { sessionId: sessionId! }));
    expect(textOf(await second.callTool({ name: 'echo', arguments: { text: 'after' } }))).toBe('after');
    expect(calls.names).toEqual(['echo', 'echo']);
    await second.close();

    const third = createClient([], parties.client.options);
    await third.connect(new StreamableHTTPClientTransport(http.url, { sessionId: sessionId! }));
    await rejectionOf(third.callTool({ name: 'echo', arguments: { text: 'without' } }));
    expect(calls.names).toEqual(['echo', 'echo']);
    await third.close();
    await http.close();
  });
});
