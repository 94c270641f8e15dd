import { secureMCP, secureMCPClient } from '@mcps/sdk-adapter';
import type { RequestHandler } from '@mcps/sdk-adapter/http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { McpServer, WebStandardStreamableHTTPServerTransport, createMcpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Security } from './identities.js';
import { SEARCH, expectAnswer } from './session.js';
import type { SdkLine, Session } from './session.js';
import { perSession } from './web-handler.js';

type Revision = '2025-11-25' | '2026-07-28';

/** SDK 2.x, which speaks either revision: with sessions and a handshake, and without. */
export function sdk2(revision: Revision): SdkLine {
  const stateless = revision === '2026-07-28';
  return {
    name: `2.x ${revision}`,
    stateless,
    stdioProgram: 'stdio-server-2',
    handler: stateless ? withoutSessions : withSessions,
    connectHttp: (url, { fetch, security }) =>
      session(new StreamableHTTPClientTransport(url, fetch === undefined ? {} : { fetch }), security, revision),
    connectStdio: (args, security) =>
      session(new StdioClientTransport({ command: process.execPath, args: [...args] }), security, revision),
  };
}

/** The search server on SDK 2.x. */
export function searchServer2(): McpServer {
  const server = new McpServer({ name: 'search', version: '1.0.0' });
  const inputSchema = z.object({ query: z.string(), limit: z.number(), includeArchived: z.boolean() });
  server.registerTool(SEARCH.name, { inputSchema }, ({ query, limit }) => ({
    content: [{ type: 'text', text: `${query}: no document of at most ${limit}` }],
  }));
  return server;
}

function withSessions(security?: Security): RequestHandler {
  return perSession(async (options) => {
    const transport = new WebStandardStreamableHTTPServerTransport(options);
    const server = searchServer2();
    if (security !== undefined) secureMCP(server, security);
    await server.connect(transport);
    return transport;
  });
}

function withoutSessions(security?: Security): RequestHandler {
  if (security !== undefined) throw new Error('Whoever makes a server for each request secures the handler');
  const { fetch } = createMcpHandler(() => searchServer2(), { legacy: 'reject' });
  return (request, extra) => fetch(request, extra as never);
}

async function session(transport: Transport, security: Security | undefined, revision: Revision): Promise<Session> {
  const negotiation = revision === '2025-11-25' ? {} : { versionNegotiation: { mode: { pin: revision } } };
  const client = new Client({ name: 'bench', version: '1.0.0' }, negotiation);
  if (security !== undefined) secureMCPClient(client, security);
  await client.connect(transport);
  if (client.getNegotiatedProtocolVersion() !== revision) throw new Error(`This is not revision ${revision}`);
  return { call: async () => expectAnswer(await client.callTool(SEARCH)), close: () => client.close() };
}
