import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { elicited } from './elicited.js';
import { runClient } from './run-client.js';
import type { ConnectOptions, LineClient } from './run-client.js';

function create({ url, fetch, user, revision }: ConnectOptions): LineClient {
  const client = new Client(
    { name: 'conformance-fixture-2x', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } } },
      versionNegotiation: { mode: revision === '2026-07-28' ? 'auto' : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => elicited(params));
  const transport = new StreamableHTTPClientTransport(url, { fetch, authProvider: user });
  return {
    connect: () => client.connect(transport),
    finishAuthorization: (callback) => transport.finishAuth(callback),
    close: () => client.close(),
    listTools: () => client.listTools(),
    callTool: (params) => client.callTool(params),
    listResources: () => client.listResources(),
    readResource: (params) => client.readResource(params),
    listPrompts: () => client.listPrompts(),
    getPrompt: (params) => client.getPrompt(params),
  };
}

await runClient({ create, awaitsUser: (error) => error instanceof UnauthorizedError });
