import type { EventFeed } from '../authority.js';
import type { AuthorityEvent } from '../formats.js';
import { EventClient } from './event-client.js';
import type { EventClientOptions } from './event-client.js';
import { readEventId } from './event-id.js';
import { encodeEvent } from './server-sent-event.js';

export interface EventHubOptions {
  readonly feed: EventFeed;
  readonly heartbeatMs: number;
  /** The most clients at once, of all and of one address. */
  readonly maxClients: number;
  readonly maxClientsPerAddress: number;
  /** The most that waits for one client, bytes. */
  readonly maxBufferedBytes?: number;
  /** The most revocations that are sent again to one who was away; who missed more fetches the list. */
  readonly maxReplay?: number;
  readonly onClients?: (count: number) => void;
  readonly onCut?: () => void;
  readonly onError?: (error: unknown) => void;
}

const DEFAULT_BUFFERED_BYTES = 256 * 1024;
const DEFAULT_REPLAY = 10_000;
const REPLAY_PAGE = 500;

/** Where a client could not be taken. */
export class HubFullError extends Error {
  override readonly name = 'HubFullError';
}

/**
 * Sends each event of the authority to all who listen, encoded once. A client that does not read is cut off once its buffer is full, and catches up when it
 * comes back; nobody waits for anybody else.
 */
export class EventHub {
  readonly #options: EventHubOptions;
  readonly #clients = new Set<EventClient>();
  readonly #perAddress = new Map<string, number>();
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /** Begins to listen to the authority. */
  start(): void {
    this.#unsubscribe = this.#options.feed.subscribe((event) => this.#broadcast(event));
    this.#timer = setInterval(() => void this.#heartbeat(), this.#options.heartbeatMs);
    this.#timer.unref();
  }

  /**
   * Takes a client: the revocations after the event it saw last, a heartbeat with the present epoch, then whatever happens.
   *
   * @param breakOff ends the connection at once; without it the stream fails instead
   * @throws HubFullError
   */
  connect(address: string, lastEventId: string | undefined, breakOff?: () => void): ReadableStream<Uint8Array> {
    const { maxClients, maxClientsPerAddress, maxBufferedBytes = DEFAULT_BUFFERED_BYTES } = this.#options;
    const ofAddress = this.#perAddress.get(address) ?? 0;
    if (this.#isClosed || this.#clients.size >= maxClients || ofAddress >= maxClientsPerAddress) {
      throw new HubFullError('No more clients are taken.');
    }
    const options: EventClientOptions = {
      maxBufferedBytes,
      ...(breakOff === undefined ? {} : { breakOff }),
      onEnd: (wasCut) => {
        this.#clients.delete(client);
        const left = (this.#perAddress.get(address) ?? 1) - 1;
        if (left > 0) this.#perAddress.set(address, left);
        else this.#perAddress.delete(address);
        this.#options.onClients?.(this.#clients.size);
        if (wasCut) this.#options.onCut?.();
      },
    };
    const client = new EventClient(options);
    this.#clients.add(client);
    this.#perAddress.set(address, ofAddress + 1);
    this.#options.onClients?.(this.#clients.size);
    void this.#catchUp(client, lastEventId).catch((error: unknown) => {
      this.#options.onError?.(error);
      client.end();
    });
    return client.stream;
  }

  /** Ends every stream; clients are told to come back at different times. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
    clearInterval(this.#timer);
    for (const client of [...this.#clients]) client.end();
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** What happens meanwhile waits in the client, behind what it has missed. */
  async #catchUp(client: EventClient, lastEventId: string | undefined): Promise<void> {
    const { feed, maxReplay = DEFAULT_REPLAY } = this.#options;
    const present = await feed.heartbeat();
    const last = lastEventId === undefined ? undefined : readEventId(lastEventId);
    const canReplay =
      last?.era === present.era && last.epoch <= present.epoch && present.epoch - last.epoch <= maxReplay;
    let epoch = canReplay ? last.epoch : present.epoch;
    while (canReplay && epoch < present.epoch && !client.hasEnded) {
      const missed = await feed.since(epoch, REPLAY_PAGE);
      if (missed.length === 0) break;
      for (const event of missed) await client.sendMissed(encodeEvent(event));
      epoch = missed.at(-1)?.epoch ?? epoch;
    }
    await client.sendMissed(encodeEvent(present));
    client.goLive(Math.max(epoch, present.epoch));
  }

  #broadcast(event: AuthorityEvent): void {
    const encoded = encodeEvent(event);
    for (const client of this.#clients) client.send(event, encoded);
  }

  async #heartbeat(): Promise<void> {
    if (this.#clients.size === 0) return;
    try {
      this.#broadcast(await this.#options.feed.heartbeat());
    } catch (error) {
      // Without a heartbeat the clients notice by themselves that something is wrong.
      this.#options.onError?.(error);
    }
  }
}
