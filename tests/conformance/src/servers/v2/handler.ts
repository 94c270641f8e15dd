import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  WebStandardStreamableHTTPServerTransport,
  createMcpHandler,
  isLegacyRequest,
} from '@modelcontextprotocol/server';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import type { RequestListener } from 'node:http';
import { EventLog } from '../event-store.js';
import type { Fixture } from '../fixture.js';
import { Sessions } from '../sessions.js';
import { fixtureServer2x } from './server.js';

/** The fixture on SDK 2.x: revision 2026-07-28 without sessions, and those with a handshake beside it, with sessions, on the same endpoint. */
export function fixture2x(): Fixture {
  const stateless = createMcpHandler(() => fixtureServer2x(stateless.notify), { legacy: 'reject' });
  const sessions = new Sessions(async (hooks) => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      ...hooks,
      eventStore: new EventLog<JSONRPCMessage>(),
      retryInterval: 50,
    });
    await fixtureServer2x().connect(transport);
    return transport;
  });
  return {
    fetch: async (request, options) =>
      (await isLegacyRequest(request)) ? sessions.fetch(request, options) : stateless.fetch(request, options),
    // The SDK's type of an incoming message is not made for exact optional properties.
    listener: (handler) => toNodeHandler({ fetch: handler }) as RequestListener,
    close: async () => {
      await stateless.close();
      await sessions.close();
    },
  };
}
