import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { searchServer } from './search-server.js';

/** A server that listens on loopback. */
export interface Listening {
  readonly url: URL;
  close(): Promise<void>;
}

/**
 * Serves the search server over Streamable HTTP, on a port that the system chooses. Every session has a server of its own.
 *
 * @param onError is told of what goes wrong in any session
 */
export async function listen(
  security: SecureOptions | undefined,
  onError: (error: Error) => void = () => undefined,
): Promise<Listening> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = searchServer(security);
    server.server.onerror = onError;
    await server.connect(transport);
    return transport;
  };
  const http = createServer((request, response) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    void (async () => {
      await (known ?? (await open())).handleRequest(request, response);
    })().catch(() => response.destroy());
  });
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
