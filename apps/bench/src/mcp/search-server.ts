import { secureMCP } from '@mcps/sdk-adapter';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** A server of the official SDK, with a tool for the call of 250 bytes that answers at once. */
export function searchServer(security: SecureOptions | undefined): McpServer {
  const server = new McpServer({ name: 'search', version: '1.0.0' });
  const inputSchema = { query: z.string(), limit: z.number(), includeArchived: z.boolean() };
  server.registerTool('search_documents', { inputSchema }, ({ query, limit }) => ({
    content: [{ type: 'text', text: `${query}: no document of at most ${limit}` }],
  }));
  if (security !== undefined) secureMCP(server, security);
  return server;
}
