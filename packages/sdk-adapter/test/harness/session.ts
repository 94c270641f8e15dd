import { Client } from '@modelcontextprotocol/sdk/client/index.js';

import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { resolveSecurity } from '@mcps/protocol';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CreateMessageRequestSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { secureMCP, secureMCPClient, securedTransportOf } from '../../src/index.js';
import type { SecureOptions, SecuredTransport } from '../../src/index.js';
import { attackedPair } from './attacker.js';
import type { AttackedPair } from './attacker.js';
import { Attacker } from './attacker.js';
import { createFixtureServer, newCalls } from './fixture-server.js';
import type { Calls } from './fixture-server.js';
import { attackHttp } from './http-proxy.js';
import { serveJson, serveSse, serveStateful, serveStateless, serveWebStandard } from './http-server.js';
import type { ConnectServer, HttpServer } from './http-server.js';

/** A client and a server, ready to be connected, with an attacker between them. */
export interface Session {
  readonly client: Client;
  readonly calls: Calls;
  readonly attacker: Attacker;
  readonly clientErrors: Error[];
  readonly serverErrors: Error[];
  /** In-memory runner only: puts a message on the wire. */
  readonly inject?: AttackedPair['inject'];
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** How the two sides are secured; `undefined` is a side that knows nothing of MCPS. */
export interface Securing {
  readonly client: SecureOptions | undefined;
  readonly server: SecureOptions | undefined;
}

export interface Runner {
  readonly name: string;
  readonly stateless: boolean;
  readonly open: (securing: Securing) => Promise<Session>;
}

/** The security side of a connected client's transport. */
export function secured(client: Client): SecuredTransport {
  const transport = securedTransportOf(client);
  if (transport === undefined) throw new Error('not connected through a secured transport');
  return transport;
}

export function createClient(errors: Error[], options: SecureOptions | undefined): Client {
  const client = new Client(
    { name: 'test-client', version: '1.0.0' },
    { capabilities: { elicitation: {}, sampling: {} } },
  );
  client.onerror = (error) => void errors.push(error);
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    content: { type: 'text', text: 'Hello!' },
    model: 'model-of-a-test',
  }));
  return options === undefined ? client : secureMCPClient(client, options);
}

function serverFactory(calls: Calls, errors: Error[], options: SecureOptions | undefined): ConnectServer {
  return async (transport) => {
    const server = createFixtureServer(calls);
    server.server.onerror = (error) => void errors.push(error);
    await (options === undefined ? server : secureMCP(server, options)).connect(transport);
  };
}

export const inMemory: Runner = {
  name: 'in memory',
  stateless: false,
  open: async (securing) => {
    const [calls, clientErrors, serverErrors] = [newCalls(), [] as Error[], [] as Error[]];
    const pair = await attackedPair();
    const client = createClient(clientErrors, securing.client);
    await serverFactory(calls, serverErrors, securing.server)(pair.server);
    return {
      client,
      calls,
      attacker: pair.attacker,
      clientErrors,
      serverErrors,
      inject: (direction, message) => pair.inject(direction, message),
      connect: () => client.connect(pair.client),
      close: () => client.close(),
    };
  },
};

function overHttp(
  name: string,
  stateless: boolean,
  serve: (connect: ConnectServer) => Promise<HttpServer>,
  transportTo: (url: URL) => Transport = (url) => new StreamableHTTPClientTransport(url),
): Runner {
  return {
    name,
    stateless,
    open: async (securing) => {
      const [calls, clientErrors, serverErrors] = [newCalls(), [] as Error[], [] as Error[]];
      const options = stateless ? await statelessOptions(securing.server) : securing.server;
      const server = await serve(serverFactory(calls, serverErrors, options));
      const proxy = await attackHttp(server.url);
      const client = createClient(clientErrors, securing.client);
      return {
        client,
        calls,
        attacker: proxy.attacker,
        clientErrors,
        serverErrors,
        connect: () => client.connect(transportTo(proxy.url)),
        close: async () => {
          await client.close();
          await proxy.close();
          await server.close();
        },
      };
    },
  };
}

/** A stateless server resolves its configuration when it starts: its memory of nonces refuses what was signed before. */
async function statelessOptions(options: SecureOptions | undefined): Promise<SecureOptions | undefined> {
  if (options === undefined || 'config' in options) return options;
  const { tools, toolPins, createAuthInfo, ...security } = options;
  return {
    config: await resolveSecurity('server', { ...security, stateless: true }),
    ...(tools === undefined ? {} : { tools }),
    ...(toolPins === undefined ? {} : { toolPins }),
    ...(createAuthInfo === undefined ? {} : { createAuthInfo }),
  };
}

export const statefulHttp = overHttp('Streamable HTTP, stateful', false, serveStateful);
export const statelessHttp = overHttp('Streamable HTTP, stateless', true, serveStateless);
const webStandardHttp = overHttp('Streamable HTTP, web-standard', false, serveWebStandard);

/** The official transport itself neither delivers progress nor elicits in this mode. */
export const jsonHttp = overHttp('Streamable HTTP, answers as JSON', false, serveJson);
// eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated, and in use
const sseHttp = overHttp('HTTP with SSE', false, serveSse, (url) => new SSEClientTransport(url));

/** Runners over which everything works that MCP does. */
export const runners: readonly Runner[] = [inMemory, statefulHttp, statelessHttp, webStandardHttp, sseHttp];

/** Opens and connects a session, hands it over, and closes it whatever happens. */
export async function withSession(
  runner: Runner,
  securing: Securing,
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await runner.open(securing);
  try {
    await session.connect();
    await use(session);
  } finally {
    await session.close();
  }
}

export { Attacker };
