import { secureMCP } from '@mcps/sdk-adapter';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Security } from './identities.js';

/** A server of the official SDK, with a tool for the call of 250 bytes that answers at once. */
export function searchServer(security: Security | undefined): McpServer {
  const server = new McpServer({ name: 'search', version: '1.0.0' });
  const inputSchema = { query: z.string(), limit: z.number(), includeArchived: z.boolean() };
  server.registerTool('search_documents', { inputSchema }, ({ query, limit }) => ({
    content: [{ type: 'text', text: `${query}: no document of at most ${limit}` }],
  }));
  if (security !== undefined) secureMCP(server, security);
  return server;
}
