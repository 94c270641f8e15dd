import { ConfigurationError } from '../errors/index.js';

/**
 * Remembers which configured endpoints have spoken MCPS, so that nobody on the way can talk a client back into plain MCP. Keyed by the endpoint as
 * configured, never by anything that the peer said. Implementations never forget: when full they refuse to add.
 */
export interface KnownPeers {
  has(endpoint: string): Promise<boolean>;
  /** Called before any application message is sent. Rejects when it cannot remember. */
  add(endpoint: string): Promise<void>;
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
