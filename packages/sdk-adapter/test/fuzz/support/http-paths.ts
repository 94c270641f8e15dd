import { randomUUID } from 'node:crypto';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Carrier } from '@mcps/protocol';
import { secureFetch, secureHandler } from '../../../src/http.js';
import type { RequestHandler } from '../../../src/http.js';
import { secureTransport } from '../../../src/index.js';
import { until } from '../../harness/expectations.js';
import { toWebRequest, writeWebResponse } from '../../harness/http-server.js';
import type { HttpServer } from '../../harness/http-server.js';
import type { Parties } from '../../harness/parties.js';
import { endOf } from './ends.js';
import type { End } from './ends.js';
import { shakeHands } from './handshake.js';
import { meddleHttp } from './meddled-http.js';
import type { Meddler } from './meddler.js';
import { listenPatiently } from './patient-server.js';
import type { OpenPath } from './run-path.js';

/** One session of Streamable HTTP of SDK 1.x between transports that are decorated. */
export async function openDecoratedHttp(meddler: Meddler, parties: Parties | undefined): Promise<OpenPath> {
  const inner = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  const transport = parties ? secureTransport(inner, { ...parties.server.options, role: 'server' }) : inner;
  const server = endOf(transport);
  await transport.start();
  const http = await listenPatiently((request, response) => transport.handleRequest(request, response));
  return connect(http, meddler, server, (url) => {
    const client = new StreamableHTTPClientTransport(url);
    return parties ? secureTransport(client as Transport, { ...parties.client.options, role: 'client' }) : client;
  });
}

/** One session of the web-standard transport of SDK 1.x, secured below the SDK. */
export async function openWrappedHttp(
  meddler: Meddler,
  parties: Parties | undefined,
  carrier: Carrier,
): Promise<OpenPath> {
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  const server = endOf(transport);
  await transport.start();
  const inner: RequestHandler = (request, extra) => transport.handleRequest(request, extra as never);
  const onServerError = { onError: (error: Error) => void server.errors.push(error) };
  const handler = parties ? secureHandler(inner, { ...parties.server.options, carrier, ...onServerError }) : inner;
  const http = await listenPatiently(async (request, response) =>
    writeWebResponse(await handler(await toWebRequest(request)), response),
  );
  let tell: (error: Error) => void = () => undefined;
  const onError = (error: Error): void => tell(error);
  const secured = parties && secureFetch(fetch, { ...parties.client.options, carrier, onError });
  const path = await connect(
    http,
    meddler,
    server,
    (url) => new StreamableHTTPClientTransport(url, secured ? { fetch: secured } : {}),
  );
  tell = (error) => void path.client.errors.push(error);
  return {
    ...path,
    close: async () => {
      secured?.close();
      await path.close();
    },
  };
}

async function connect(
  http: HttpServer,
  meddler: Meddler,
  server: End,
  transportTo: (url: URL) => Transport,
): Promise<OpenPath> {
  const hop = await meddleHttp(http.url, meddler);
  const transport = transportTo(hop.url);
  const client = endOf(transport);
  await transport.start();
  await shakeHands(client, server);
  // What the server says by itself has no other way.
  await until(() => hop.listening(), 'the stream of the client');
  return {
    client,
    server,
    flush: () => hop.flush(),
    close: async () => {
      await transport.close();
      await hop.close();
      await http.close();
    },
  };
}
