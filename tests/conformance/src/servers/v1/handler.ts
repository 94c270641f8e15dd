import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { toListener } from '../../http/serve.js';
import { EventLog } from '../event-store.js';
import type { Fixture } from '../fixture.js';
import { Sessions } from '../sessions.js';
import { fixtureServer1x } from './server.js';

/** The fixture on SDK 1.x behind its web-standard transport: sessions, event streams, resumption. It serves the revisions with a handshake. */
export function fixture1x(): Fixture {
  const sessions = new Sessions(async (hooks) => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      ...hooks,
      eventStore: new EventLog<JSONRPCMessage>(),
      retryInterval: 50,
    });
    await fixtureServer1x().connect(transport);
    return transport;
  });
  return { fetch: sessions.fetch, listener: toListener, close: () => sessions.close() };
}
