import { secureFetch, secureHandler } from '@mcps/sdk-adapter/http';
import type { HandlerExtra, SecureFetch } from '@mcps/sdk-adapter/http';
import { reverseProxy } from '../http/hop.js';
import { serve, toListener } from '../http/serve.js';
import { givenSessions } from '../secured/given-sessions.js';
import { createParties } from '../secured/parties.js';

/** How a client reaches the suite's server: `MCPS_CONFORMANCE_HOP`. */
export type HopKind = 'none' | 'plain' | 'secured';

export interface ClientHop {
  /** @returns a `fetch` for one transport */
  open(): typeof fetch;
  close(): Promise<void>;
}

/**
 * Puts a hop between the client and the server of the suite. The client keeps the address it was given: what it sends to the MCP endpoint goes to the hop instead,
 * everything else, such as OAuth's requests, straight to where it is addressed.
 */
export async function openClientHop(kind: HopKind, endpoint: string): Promise<ClientHop> {
  switch (kind) {
    case 'none':
      return { open: () => fetch, close: async () => undefined };
    case 'plain': {
      const hop = await serve(toListener(reverseProxy(endpoint)));
      return { open: () => through(hop.url, endpoint), close: () => hop.close() };
    }
    case 'secured':
      return openSecured(endpoint);
  }
}

/** Between the client and the hop everything is MCPS; the suite's server sees what it would see without. */
async function openSecured(endpoint: string): Promise<ClientHop> {
  const { client, server } = await createParties();
  const inner = givenSessions(reverseProxy(endpoint));
  const secured = secureHandler((request: Request, extra?: HandlerExtra) => inner(request, extra), server);
  const hop = await serve(toListener(secured));
  const opened: SecureFetch[] = [];
  return {
    open: () => {
      const one = secureFetch(through(hop.url, endpoint), { ...client, endpoint });
      opened.push(one);
      return one;
    },
    close: async () => {
      for (const one of opened) one.close();
      secured.close();
      await hop.close();
    },
  };
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
