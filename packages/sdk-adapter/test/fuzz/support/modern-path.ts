import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { CreateMcpHandlerOptions, Transport } from '@modelcontextprotocol/server';
import type { Carrier } from '@mcps/protocol';
import { secureFetch, secureHandler } from '../../../src/http.js';
import type { RequestHandler } from '../../../src/http.js';
import { toWebRequest, writeWebResponse } from '../../harness/http-server.js';
import type { Wire } from '../../harness/message.js';
import type { Parties } from '../../harness/parties.js';
import type { PathTraits } from './conversations.js';
import { endOf } from './ends.js';
import type { End } from './ends.js';
import { shakeHands } from './handshake.js';
import { meddleHttp } from './meddled-http.js';
import type { Meddler } from './meddler.js';
import { listenPatiently } from './patient-server.js';
import type { Random } from './random.js';
import { ReportingServer } from './reporting-server.js';
import type { OpenPath } from './run-path.js';
import { someMembers, someString } from './values.js';
import type { JsonMembers } from './values.js';

const REVISION = '2026-07-28';

/** Each request stands for itself: the server has nobody to ask, and nothing to say by itself. */
const STATELESS: PathTraits = {
  serverCalls: false,
  serverNotices: true,
  unpromptedNotices: false,
  clientNotices: true,
  plainMethods: true,
};

/** What is possible where nothing is streamed: an answer, and nothing before it. */
export const withoutStreams = (traits: PathTraits): PathTraits => ({ ...traits, serverNotices: false });

export const TRAITS_2025: PathTraits = STATELESS;

export const TRAITS_2026: PathTraits = { ...STATELESS, demanded };

/** How one handler of SDK 2.x is used. */
export interface ModernUse {
  readonly carrier: Carrier;
  readonly era: '2025' | '2026';
  readonly responseMode?: CreateMcpHandlerOptions['responseMode'];
}

/** The handler of SDK 2.x, which has a fresh server for each request, secured below the SDK. */
export async function openModern(
  meddler: Meddler,
  parties: Parties | undefined,
  { carrier, era, responseMode = 'auto' }: ModernUse,
): Promise<OpenPath> {
  const server = new ReportingServer();
  const onError = (error: Error): void => void server.errors.push(error);
  const sdk = createMcpHandler(server.make, { responseMode, onerror: onError });
  const inner: RequestHandler = (request, extra) => sdk.fetch(request, extra as never);
  const stateless = era === '2025';
  const handler = parties ? secureHandler(inner, { ...parties.server.options, carrier, stateless, onError }) : inner;
  const http = await listenPatiently(async (request, response) =>
    writeWebResponse(await handler(await toWebRequest(request)), response),
  );
  const hop = await meddleHttp(http.url, meddler);
  const secured =
    parties && secureFetch(fetch, { ...parties.client.options, carrier, onError: (error) => tell(error) });
  const transport = new StreamableHTTPClientTransport(hop.url, secured ? { fetch: secured } : {});
  const client = endOf(transport as Transport);
  const tell = (error: Error): void => void client.errors.push(error);
  await transport.start();
  if (era === '2026') await discover(client);
  else await shakeHands(client, server);
  transport.setProtocolVersion(era === '2026' ? REVISION : '2025-11-25');
  return {
    client,
    server,
    flush: () => hop.flush(),
    close: async () => {
      await transport.close();
      secured?.close();
      await hop.close();
      await sdk.close();
      await http.close();
    },
  };
}

async function discover(client: End): Promise<void> {
  const answered = new Promise<Wire>((resolve) => (client.receive = resolve));
  const _meta = envelopeOf({ name: 'fuzz', version: '1' }, {});
  await client.send({ jsonrpc: '2.0', id: 'discover', method: 'server/discover', params: { _meta } });
  const { result, error } = await answered;
  if (result === undefined) throw new Error(JSON.stringify(error));
}

const envelopeOf = (clientInfo: JsonMembers | undefined, clientCapabilities: JsonMembers): JsonMembers => ({
  'io.modelcontextprotocol/protocolVersion': REVISION,
  'io.modelcontextprotocol/clientCapabilities': clientCapabilities,
  ...(clientInfo && { 'io.modelcontextprotocol/clientInfo': clientInfo }),
});

/** What revision 2026-07-28 wants to be told with every request. The client may leave out who it is. */
function demanded(random: Random): JsonMembers {
  const info = { name: someString(random), version: someString(random) };
  const title = random.chance(0.3) ? { title: someString(random) } : {};
  const capabilities: JsonMembers = random.chance(0.3) ? { roots: {}, sampling: {} } : {};
  if (random.chance(0.3)) capabilities['experimental'] = { 'fuzz/feature': someMembers(random, 2) };
  return envelopeOf(random.chance(0.8) ? { ...info, ...title } : undefined, capabilities);
}
