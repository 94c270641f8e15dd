import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { elicited } from './elicited.js';
import { runClient } from './run-client.js';
import type { ConnectOptions, LineClient } from './run-client.js';

function create({ url, fetch, user }: ConnectOptions): LineClient {
  const client = new Client(
    { name: 'conformance-fixture-1x', version: '1.0.0' },
    { capabilities: { elicitation: { form: { applyDefaults: true } } } },
  );
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicited(params));
  const transport = new StreamableHTTPClientTransport(url, { fetch, authProvider: user });
  return {
    connect: () => client.connect(transport),
    finishAuthorization: (callback) => transport.finishAuth(callback.get('code') ?? ''),
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
