import { ConfigurationError } from '../errors/index.js';

/**
 * Remembers which configured endpoints have spoken MCPS, so that nobody on the way can talk a client back into plain MCP. Keyed by the endpoint as
 * configured, never by anything that the peer said; one that signs as published 1.0 does has an entry of another name, made of the endpoint.
 * Implementations never forget: when full they refuse to add.
 */
export interface KnownPeers {
  has(endpoint: string): Promise<boolean>;
  /** Called before any application message is sent. Rejects when it cannot remember. */
  add(endpoint: string): Promise<void>;
}

/** What a client remembers of an endpoint: that it has answered with the profile, or that it signs as published 1.0 does. */
export type KnownAs = 'profile' | 'published';

/** How a client has known an endpoint so far; `undefined` for one that has never spoken MCPS. */
export async function knownAs(peers: KnownPeers, endpoint: string): Promise<KnownAs | undefined> {
  if (await peers.has(endpoint)) return 'profile';
  return (await peers.has(publishedName(endpoint))) ? 'published' : undefined;
}

/** Remembers it. Whoever has once answered with the profile stays known for that. */
export function remember(peers: KnownPeers, endpoint: string, as: KnownAs): Promise<void> {
  return peers.add(as === 'profile' ? endpoint : publishedName(endpoint));
}

/** An entry of its own, so that an endpoint that learns the profile later is known for it from then on. */
function publishedName(endpoint: string): string {
  return `published-1.0 ${endpoint}`;
}

/** Known peers in memory: they last as long as the process. */
export class MemoryKnownPeers implements KnownPeers {
  readonly #endpoints = new Set<string>();

  constructor(private readonly capacity = 10_000) {}

  has(endpoint: string): Promise<boolean> {
    return Promise.resolve(this.#endpoints.has(endpoint));
  }

  add(endpoint: string): Promise<void> {
    if (!this.#endpoints.has(endpoint) && this.#endpoints.size >= this.capacity) {
      return Promise.reject(
        new ConfigurationError(
          'state_unavailable',
          'The memory of secure peers is full; nothing in it may be forgotten.',
        ),
      );
    }
    this.#endpoints.add(endpoint);
    return Promise.resolve();
  }
}
