import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport as WebTransport1 } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { WebStandardStreamableHTTPServerTransport as WebTransport2 } from '@modelcontextprotocol/server';
import { callerIdentity } from '../../../src/index.js';
import * as line1 from '../../harness/fixture-server.js';
import * as line2 from '../../v2/harness/fixture-server.js';

/** Lines of the SDK. */
export type Line = '1.x' | '2.x';

/** What a fixture server saw. */
export interface Seen {
  readonly names: string[];
  /** By passport id, the callers of the tools. */
  readonly callers: (string | undefined)[];
  readonly authInfos: unknown[];
  readonly cancelled: string[];
}

/** Whether answers are JSON instead of event streams. */
export interface RouteOptions {
  readonly line: Line;
  readonly json?: boolean;
}

/** A route as the official examples write it: one transport for each session. */
export interface Routes {
  readonly seen: () => Seen;
  node(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void>;
  web(request: Request, extra: object): Promise<Response>;
}

/** What all these transports have in common here. */
interface Transport {
  handleRequest(...args: unknown[]): Promise<unknown>;
}

type Begin = (options: object) => Promise<Transport>;

export function makeRoutes({ line, json = false }: RouteOptions): Routes {
  const calls1 = line1.newCalls();
  const calls2 = line2.newCalls();
  const connect1 = async (transport: object) => {
    await line1.createFixtureServer(calls1).connect(transport as StreamableHTTPServerTransport);
    return transport as Transport;
  };
  const connect2 = async (transport: object) => {
    await line2.createFixtureServer(calls2).connect(transport as NodeStreamableHTTPServerTransport);
    return transport as Transport;
  };
  const beginNode: Begin = (options) =>
    line === '1.x'
      ? connect1(new StreamableHTTPServerTransport(options))
      : connect2(new NodeStreamableHTTPServerTransport(options));
  const beginWeb: Begin = (options) =>
    line === '1.x' ? connect1(new WebTransport1(options)) : connect2(new WebTransport2(options));
  const sessions = new Map<string, Transport>();
  const transportOf = async (id: string | null | undefined, begin: Begin): Promise<Transport> => {
    const known = sessions.get(id ?? '');
    if (known !== undefined) return known;
    const fresh: Transport = await begin({
      enableJsonResponse: json,
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (session: string) => void sessions.set(session, fresh),
    });
    return fresh;
  };
  return {
    seen: () => {
      const contexts = line === '1.x' ? calls1.extras : calls2.contexts;
      return {
        names: line === '1.x' ? calls1.names : calls2.names,
        callers: contexts.map((context) => callerIdentity(context)?.passportId),
        authInfos: contexts.map((context) => ('http' in context ? context.http?.authInfo : undefined) ?? context),
        cancelled: line === '1.x' ? calls1.cancelled : calls2.cancelled,
      };
    },
    node: async (request, response, body) => {
      const transport = await transportOf(request.headers['mcp-session-id'] as string | undefined, beginNode);
      await transport.handleRequest(request, response, body);
    },
    web: async (request, extra) => {
      const transport = await transportOf(request.headers.get('mcp-session-id'), beginWeb);
      return (await transport.handleRequest(request, extra)) as Response;
    },
  };
}
