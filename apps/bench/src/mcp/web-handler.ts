import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HandlerExtra, RequestHandler } from '@mcps/sdk-adapter/http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { Listening } from './http-server.js';

/** What a web-standard transport of either line is told of its session. */
interface SessionOptions {
  readonly sessionIdGenerator: () => string;
  readonly onsessioninitialized: (id: string) => void;
}

/** A web-standard transport of either line. Each has types of its own for what comes along with a request. */
interface WebTransport {
  handleRequest(request: Request, extra?: never): Promise<Response>;
}

/** A handler with a transport, and a server, for every session. */
export function perSession(begin: (options: SessionOptions) => Promise<WebTransport>): RequestHandler {
  const sessions = new Map<string, WebTransport>();
  const open = async (): Promise<WebTransport> => {
    const transport = await begin({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    return transport;
  };
  return async (request: Request, extra?: HandlerExtra) => {
    const known = sessions.get(request.headers.get('mcp-session-id') ?? '');
    return (known ?? (await open())).handleRequest(request, extra as never);
  };
}

/** Serves a handler on a port of loopback that the system chooses, through the SDK's own adapter. */
export async function serveHandler(handler: RequestHandler): Promise<Listening> {
  // The SDK's type of an incoming message is not made for exact optional properties.
  const http = createServer(toNodeHandler({ fetch: handler }) as RequestListener);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
