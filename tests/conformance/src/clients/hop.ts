import { reverseProxy } from '../http/hop.js';
import { serve, toListener } from '../http/serve.js';

/** How a client reaches the suite's server: `MCPS_CONFORMANCE_HOP`. */
export type HopKind = 'none' | 'plain';

export interface ClientHop {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

/**
 * Puts a hop between the client and the server of the suite. The client keeps the address it was given: what it sends to the MCP endpoint goes to the hop instead,
 * everything else, such as OAuth's requests, straight to where it is addressed.
 */
export async function openClientHop(kind: HopKind, endpoint: string): Promise<ClientHop> {
  if (kind === 'none') return { fetch, close: async () => undefined };
  const hop = await serve(toListener(reverseProxy(endpoint)));
  return { fetch: through(hop.url, endpoint), close: () => hop.close() };
}

function through(hop: string, endpoint: string): typeof fetch {
  const target = new URL(endpoint);
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== target.origin || url.pathname !== target.pathname) return fetch(input, init);
    const rerouted = new URL(`${url.pathname}${url.search}`, hop);
    return fetch(input instanceof Request ? new Request(rerouted, input) : rerouted, init);
  };
}
