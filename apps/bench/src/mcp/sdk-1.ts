import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { call, connect } from './caller.js';
import type { Security } from './identities.js';
import { searchServer } from './search-server.js';
import type { SdkLine, Session } from './session.js';
import { perSession } from './web-handler.js';

/** SDK 1.x, whose latest revision is 2025-11-25. */
export const sdk1: SdkLine = {
  name: '1.x 2025-11-25',
  stateless: false,
  stdioProgram: 'stdio-server',
  handler: (security) =>
    perSession(async (options) => {
      const transport = new WebStandardStreamableHTTPServerTransport(options);
      await searchServer(security).connect(transport);
      return transport;
    }),
  connectHttp: (url, { fetch, security }) =>
    session(new StreamableHTTPClientTransport(url, fetch === undefined ? {} : { fetch }), security),
  connectStdio: (args, security) =>
    session(new StdioClientTransport({ command: process.execPath, args: [...args] }), security),
};

async function session(transport: Transport, security: Security | undefined): Promise<Session> {
  const client = await connect(transport, security);
  return { call: () => call(client), close: () => client.close() };
}
