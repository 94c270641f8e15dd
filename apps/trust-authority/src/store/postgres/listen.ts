import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import type { ChangeListener } from '../store.js';

/** Names a channel of notices. They carry nothing: whoever hears one reads what has changed. */
export const CHANNEL = 'mcps_authority_changed';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** How often a connection that is silent is asked whether it still lives, milliseconds. */
const PROBE_INTERVAL_MS = 10_000;

/**
 * Keeps one connection that listens, and replaces it when it fails. Between the loss of one and the next, notices are missed: the listener is told of both,
 * and of a change once the new one is there.
 */
export function listenForNotices(config: ClientConfig, listener: ChangeListener): () => Promise<void> {
  const listening = new Listening(config, listener);
  listening.start();
  return () => listening.stop();
}

class Listening {
  readonly #config: ClientConfig;
  readonly #listener: ChangeListener;
  #client: Client | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isStopped = false;
  #attempt: Promise<void> = Promise.resolve();

  constructor(config: ClientConfig, listener: ChangeListener) {
    this.#config = config;
    this.#listener = listener;
  }

  start(): void {
    this.#attempt = this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#attempt;
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new Client(this.#config);
    // A client that fails says so as an event, also before it has connected.
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', () => this.#listener.onChange());
    this.#client = client;
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch {
      this.#lost(client);
      return;
    }
    if (this.#isStopped || this.#client !== client) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#listener.onConnection(true);
    this.#listener.onChange();
    this.#probeLater(client);
  }

  /** A connection whose other end vanished without a word would stay silent for ever. */
  #probeLater(client: Client): void {
    this.#timer = setTimeout(() => {
      const limit = setTimeout(() => this.#lost(client), PROBE_INTERVAL_MS);
      client
        .query('select 1')
        .then(
          () => {
            if (this.#client === client && !this.#isStopped) this.#probeLater(client);
          },
          () => this.#lost(client),
        )
        .finally(() => clearTimeout(limit));
    }, PROBE_INTERVAL_MS);
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    client.end().catch(() => undefined);
    if (this.#isStopped) return;
    this.#listener.onConnection(false);
    this.#timer = setTimeout(() => this.start(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}
