import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { secureFetch, secureHandler } from '../../src/http.js';
import type {
  RequestHandler,
  SecureFetch,
  SecureFetchOptions,
  SecureHandlerOptions,
  SecuredHandler,
} from '../../src/http.js';
import { newCalls } from './fixture-server.js';
import type { Calls } from './fixture-server.js';
import { serveHandler, webStandardHandler } from './handler-server.js';
import { makeParties } from './parties.js';
import type { Parties } from './parties.js';
import { createClient } from './session.js';
import { Wiretap } from './wiretap.js';

/** Both ends secured below the SDK, over loopback, with somebody on the way. */
export interface SecuredHttp {
  readonly parties: Parties;
  readonly calls: Calls;
  readonly tap: Wiretap;
  readonly url: URL;
  readonly fetch: SecureFetch;
  readonly handler: SecuredHandler;
  readonly errors: Error[];
  readonly serverErrors: Error[];
  /** A client of SDK 1.x, connected. */
  connect(): Promise<Client>;
  /** Another function for the same endpoint. */
  newFetch(options?: Partial<SecureFetchOptions>): SecureFetch;
  close(): Promise<void>;
}

export interface SecuredHttpOptions {
  readonly parties?: Parties;
  readonly client?: Partial<SecureFetchOptions>;
  readonly server?: Partial<SecureHandlerOptions>;
  readonly inner?: (calls: Calls) => RequestHandler;
}

/** Short enough for a test, and not so short that a busy machine gives up. */
const RECONNECTION = {
  initialReconnectionDelay: 20,
  maxReconnectionDelay: 40,
  reconnectionDelayGrowFactor: 1,
  maxRetries: 2,
};

export async function openSecuredHttp(options: SecuredHttpOptions = {}): Promise<SecuredHttp> {
  const { parties = await makeParties(), inner = webStandardHandler } = options;
  const [calls, errors, serverErrors] = [newCalls(), [] as Error[], [] as Error[]];
  const handler = secureHandler(inner(calls), {
    ...parties.server.options,
    onError: (error) => void serverErrors.push(error),
    ...options.server,
  });
  const server = await serveHandler(handler);
  const tap = new Wiretap();
  const proxy = await tap.serve(server.url);
  const cleanups: (() => Promise<void> | void)[] = [];
  const newFetch = (more: Partial<SecureFetchOptions> = {}): SecureFetch => {
    const fetch = secureFetch(globalThis.fetch, {
      ...parties.client.options,
      onError: (error) => void errors.push(error),
      ...options.client,
      ...more,
    });
    cleanups.push(() => fetch.close());
    return fetch;
  };
  const fetch = newFetch();
  return {
    parties,
    calls,
    tap,
    url: proxy.url,
    fetch,
    handler,
    errors,
    serverErrors,
    newFetch,
    connect: async () => {
      const client = createClient(errors, undefined);
      cleanups.push(() => client.close());
      await client.connect(new StreamableHTTPClientTransport(proxy.url, { fetch, reconnectionOptions: RECONNECTION }));
      return client;
    },
    close: async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
      handler.close();
      await proxy.close();
      await server.close();
    },
  };
}
