import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** An MCP server over Streamable HTTP on a free port of loopback. */
export interface HttpServer {
  readonly url: URL;
  close(): Promise<void>;
}

/** Connects a fresh MCP server to a transport of this HTTP server. */
export type ConnectServer = (transport: Transport) => Promise<void>;

/** One transport for each session, as the official examples do it. */
export function serveStateful(connect: ConnectServer): Promise<HttpServer> {
  return serveSessions(connect, {});
}

/** The same, with answers as JSON bodies instead of event streams. */
export function serveJson(connect: ConnectServer): Promise<HttpServer> {
  return serveSessions(connect, { enableJsonResponse: true });
}

function serveSessions(
  connect: ConnectServer,
  options: { readonly enableJsonResponse?: boolean },
): Promise<HttpServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return listen(async (request, response) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known !== undefined) {
      await known.handleRequest(request, response);
      return;
    }
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      ...options,
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    transport.onclose = () => {
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
    };
    await connect(transport);
    await transport.handleRequest(request, response);
  });
}

/** A fresh transport, and a fresh server, for every POST. */
export function serveStateless(connect: ConnectServer): Promise<HttpServer> {
  return listen(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const transport = new StreamableHTTPServerTransport({});
    response.on('close', () => void transport.close());
    await connect(transport);
    await transport.handleRequest(request, response);
  });
}

/** The web-standard transport (Request in, Response out), with node:http only to carry it. */
export function serveWebStandard(connect: ConnectServer): Promise<HttpServer> {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return listen(async (request, response) => {
    const web = await toWebRequest(request);
    const id = web.headers.get('mcp-session-id');
    let transport = id === null ? undefined : sessions.get(id);
    if (transport === undefined) {
      const fresh = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (session) => void sessions.set(session, fresh),
      });
      await connect(fresh);
      transport = fresh;
    }
    await writeWebResponse(await transport.handleRequest(web), response);
  });
}

/** The older transport: one event stream down, a POST for every message up. Still served by many, so still secured. */
export function serveSse(connect: ConnectServer): Promise<HttpServer> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated, and in use
  const sessions = new Map<string, SSEServerTransport>();
  return listen(async (request, response) => {
    if (request.method === 'GET') {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
      const transport = new SSEServerTransport('/mcp', response);
      sessions.set(transport.sessionId, transport);
      await connect(transport);
      return;
    }
    const id = new URL(request.url ?? '/', 'http://localhost').searchParams.get('sessionId') ?? '';
    await sessions.get(id)?.handlePostMessage(request, response);
  });
}

export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<HttpServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    });
  });
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

export async function toWebRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  const body = Buffer.concat(chunks);
  return new Request(`http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    headers,
    ...(body.length === 0 ? {} : { body }),
  });
}

export async function writeWebResponse(source: Response, response: ServerResponse): Promise<void> {
  response.writeHead(source.status, Object.fromEntries(source.headers));
  response.flushHeaders();
  const reader = source.body?.getReader();
  response.on('close', () => void reader?.cancel().catch(() => undefined));
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read())
    response.write(part.value);
  response.end();
}
