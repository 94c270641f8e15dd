import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions, Transport } from '@modelcontextprotocol/client';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { secureMCP, secureMCPClient, secureTransport } from '../../../src/index.js';
import type { Attacker } from '../../harness/attacker.js';
import { attackedPair } from '../../harness/attacker.js';
import { listen, toWebRequest, writeWebResponse } from '../../harness/http-server.js';
import type { HttpServer } from '../../harness/http-server.js';
import { attackHttp } from '../../harness/http-proxy.js';
import type { Parties, PartyOptions } from '../../harness/parties.js';
import { createFixtureServer, newCalls } from './fixture-server.js';
import type { Calls } from './fixture-server.js';

/** A client and a server of SDK 2.x, with an attacker between them. */
export interface Session {
  readonly client: Client;
  readonly calls: Calls;
  readonly attacker: Attacker;
  readonly clientErrors: Error[];
  readonly serverErrors: Error[];
  connect(): Promise<void>;
  close(): Promise<void>;
}

export interface Runner {
  readonly name: string;
  readonly open: (parties: Securing, options?: ClientOptions) => Promise<Session>;
}

/** How the two sides are secured; `undefined` is a side that knows nothing of MCPS. */
export interface Securing {
  readonly client: PartyOptions | undefined;
  readonly server: PartyOptions | undefined;
}

export const secureBoth = ({ client, server }: Parties): Securing => ({
  client: client.options,
  server: server.options,
});

export function createClient(errors: Error[], securing: PartyOptions | undefined, options: ClientOptions = {}): Client {
  const client = new Client(
    { name: 'test-client', version: '1.0.0' },
    { capabilities: { elicitation: {}, sampling: {} }, ...options },
  );
  client.onerror = (error) => void errors.push(error);
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
  client.setRequestHandler('sampling/createMessage', () => ({
    role: 'assistant',
    content: { type: 'text', text: 'Hello!' },
    model: 'model-of-a-test',
  }));
  return securing === undefined ? client : secureMCPClient(client, securing);
}

/** As an application with one connection secures its server: the object itself. */
export const inMemory: Runner = {
  name: 'in memory',
  open: async (securing, options) => {
    const [calls, clientErrors, serverErrors] = [newCalls(), [] as Error[], [] as Error[]];
    const pair = await attackedPair();
    await connectServer(calls, serverErrors, securing.server)(pair.server);
    const client = createClient(clientErrors, securing.client, options);
    return {
      client,
      calls,
      attacker: pair.attacker,
      clientErrors,
      serverErrors,
      connect: () => client.connect(pair.client),
      close: () => client.close(),
    };
  },
};

/** As an application secures what serves either era: the transport of the whole connection. */
export const throughServeStdio: Runner = {
  name: 'serveStdio',
  open: async (securing, options) => {
    const [calls, clientErrors, serverErrors] = [newCalls(), [] as Error[], [] as Error[]];
    const pair = await attackedPair();
    const wire = pair.server as Transport;
    const handle = serveStdio(() => createFixtureServer(calls), {
      transport: securing.server === undefined ? wire : secureTransport(wire, { ...securing.server, role: 'server' }),
      onerror: (error) => void serverErrors.push(error),
    });
    const client = createClient(clientErrors, securing.client, options);
    return {
      client,
      calls,
      attacker: pair.attacker,
      clientErrors,
      serverErrors,
      connect: () => client.connect(pair.client),
      close: async () => {
        await client.close();
        await handle.close();
      },
    };
  },
};

export const nodeHttp = overHttp('Streamable HTTP of Node', serveNode);
export const webHttp = overHttp('Streamable HTTP, web-standard', serveWeb);

type ConnectServer = (transport: Transport) => Promise<McpServer>;

function connectServer(calls: Calls, errors: Error[], options: PartyOptions | undefined): ConnectServer {
  return async (transport) => {
    const server = createFixtureServer(calls);
    server.server.onerror = (error) => void errors.push(error);
    if (options !== undefined) secureMCP(server, options);
    await server.connect(transport);
    return server;
  };
}

function overHttp(name: string, serve: (connect: ConnectServer) => Promise<HttpServer>): Runner {
  return {
    name,
    open: async (securing, options) => {
      const [calls, clientErrors, serverErrors] = [newCalls(), [] as Error[], [] as Error[]];
      const server = await serve(connectServer(calls, serverErrors, securing.server));
      const proxy = await attackHttp(server.url);
      const client = createClient(clientErrors, securing.client, options);
      return {
        client,
        calls,
        attacker: proxy.attacker,
        clientErrors,
        serverErrors,
        connect: () => client.connect(new StreamableHTTPClientTransport(proxy.url)),
        close: async () => {
          await client.close();
          await proxy.close();
          await server.close();
        },
      };
    },
  };
}

/** One transport for each session, as the examples of the SDK do it. */
export function serveNode(connect: ConnectServer): Promise<HttpServer> {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  return listen(async (request, response) => {
    const id = request.headers['mcp-session-id'];
    let transport = typeof id === 'string' ? sessions.get(id) : undefined;
    if (transport === undefined) {
      const fresh: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (session) => void sessions.set(session, fresh),
      });
      await connect(fresh);
      transport = fresh;
    }
    await transport.handleRequest(request, response);
  });
}

function serveWeb(connect: ConnectServer): Promise<HttpServer> {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return listen(async (request, response) => {
    const web = await toWebRequest(request);
    let transport = sessions.get(web.headers.get('mcp-session-id') ?? '');
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
