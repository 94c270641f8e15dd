import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { secureTransport } from '@mcps/sdk-adapter';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { toListener } from '../../http/serve.js';
import { EventLog } from '../event-store.js';
import type { Fixture } from '../fixture.js';
import { Sessions } from '../sessions.js';
import type { OpenSession } from '../sessions.js';
import { fixtureServer1x } from './server.js';

/** The fixture on SDK 1.x behind its web-standard transport: sessions, event streams, resumption. It serves the revisions with a handshake. */
export function fixture1x(): Fixture {
  return fixtureOf(async (hooks) => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      ...hooks,
      eventStore: new EventLog<JSONRPCMessage>(),
      retryInterval: 50,
    });
    await fixtureServer1x().connect(transport);
    return transport;
  });
}

/** The same with each transport decorated. A store of events would keep what is signed, and sign nothing anew: the decorator refuses it, so streams are not resumed. */
export function decoratedFixture1x(options: SecureOptions): Fixture {
  const secured = { ...options, role: 'server' as const };
  return fixtureOf(async (hooks) => {
    const transport = new WebStandardStreamableHTTPServerTransport(hooks);
    await fixtureServer1x().connect(secureTransport(transport, secured));
    return transport;
  });
}

function fixtureOf(open: OpenSession): Fixture {
  const sessions = new Sessions(open);
  return { fetch: sessions.fetch, listener: toListener, close: () => sessions.close() };
}
