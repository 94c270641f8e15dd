import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { WebStandardStreamableHTTPServerTransportOptions } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { HandlerExtra, RequestHandler } from '../../src/http.js';
import { createFixtureServer } from './fixture-server.js';
import type { Calls } from './fixture-server.js';
import type { HttpServer } from './http-server.js';

/** A handler over the web-standard transport of the SDK 1.x, with one transport for each session. */
export function webStandardHandler(
  calls: Calls,
  options: WebStandardStreamableHTTPServerTransportOptions = {},
  onServer: (server: McpServer) => void = () => undefined,
): RequestHandler {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request: Request, extra?: HandlerExtra) => {
    const id = request.headers.get('mcp-session-id');
    let transport = id === null ? undefined : sessions.get(id);
    if (transport === undefined) {
      const fresh = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (session) => void sessions.set(session, fresh),
        ...options,
      });
      const server = createFixtureServer(calls);
      onServer(server);
      await server.connect(fresh);
      transport = fresh;
    }
    return transport.handleRequest(request, extra as Parameters<typeof transport.handleRequest>[1]);
  };
}

/** The same without sessions: a fresh transport, and a fresh server, for every request. */
export function statelessHandler(calls: Calls): RequestHandler {
  return async (request: Request, extra?: HandlerExtra) => {
    const transport = new WebStandardStreamableHTTPServerTransport();
    await createFixtureServer(calls).connect(transport);
    return transport.handleRequest(request, extra as Parameters<typeof transport.handleRequest>[1]);
  };
}

/** Serves a handler on a free port of loopback. */
export async function serveHandler(handler: RequestHandler): Promise<HttpServer> {
  const handle = toNodeHandler({ fetch: (request, extra) => handler(request, extra) });
  const server = createServer((request, response) => void handle(request as Parameters<typeof handle>[0], response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
