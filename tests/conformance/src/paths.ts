import { reverseProxy } from './http/hop.js';
import { localOnly } from './http/local-only.js';
import { serve, toListener } from './http/serve.js';
import type { FetchHandler, RunningServer } from './http/serve.js';
import type { Fixture } from './servers/fixture.js';

/** The fixture itself, nothing between it and whoever asks. */
export async function startAlone(
  fixture: Fixture,
  wrap: (handler: FetchHandler) => FetchHandler = (handler) => handler,
): Promise<RunningServer> {
  const server = await serve(fixture.listener(localOnly(wrap(fixture.fetch))));
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await fixture.close();
    },
  };
}

export interface Hops {
  /** Round the fixture's handler. */
  readonly wrap?: (handler: FetchHandler) => FetchHandler;
  /** How the hop reaches the fixture; plain HTTP by default. */
  readonly send?: typeof fetch;
  /** Instead of a proxy that passes everything on. */
  readonly proxy?: (target: string, send?: typeof fetch) => FetchHandler;
}

/** The fixture behind a proxy: whoever asks speaks plain HTTP with the proxy, and the proxy what `send` and `wrap` make of it with the fixture. */
export async function startBehindHop(
  fixture: Fixture,
  { wrap, send, proxy = reverseProxy }: Hops = {},
): Promise<RunningServer> {
  const server = await startAlone(fixture, wrap);
  const hop = await serve(toListener(proxy(server.url, send)));
  return {
    url: hop.url,
    close: async () => {
      await hop.close();
      await server.close();
    },
  };
}
