import { ConfigurationError, McpsError, SESSION_HEADER } from '@mcps/protocol';
import type { ConnectionSnapshot, JsonObject, JsonRpcId } from '@mcps/protocol';
import { requestIdOf } from '../../json-object.js';
import { CLIENT_CARRIERS } from '../../options/carriers.js';
import type { SecureOptions } from '../../options/options.js';
import { Inbound } from '../../pump/inbound.js';
import { LinkSlot } from '../../pump/link.js';
import type { Link } from '../../pump/link.js';
import { openLink } from '../../pump/open-link.js';
import { Outbound } from '../../pump/outbound.js';
import { Exchange } from './exchange.js';
import { ResponseReader } from './response-reader.js';
import type { FetchLike, OutgoingRequest } from './outgoing-request.js';
import { headersOfAnswer } from './answer-headers.js';
import { isRedirect } from './neutral-response.js';

/** What every session of one secured `fetch` has in common. */
export interface SessionSetting {
  readonly fetch: FetchLike;
  readonly endpoint: URL;
  readonly options: SecureOptions;
  readonly capacity: number;
  readonly maxBodyBytes: number;
  readonly report: (error: Error) => void;
}

/** How many requests and streams may be open at a time. */
const MAX_EXCHANGES = 10_000;

/** One connection of a client, from its first message to its end: signs what is posted, opens what comes back, and brings both together. */
export class ClientSession {
  /** Whether a handshake has been begun here: another needs a connection of its own. */
  initialized = false;
  readonly link: LinkSlot;
  readonly #outbound: Outbound<Exchange>;
  readonly #inbound: Inbound<Exchange, Exchange>;
  readonly #reader: ResponseReader;
  readonly #exchanges = new Set<Exchange>();
  readonly #releases: (() => void)[] = [];
  readonly #ended = new AbortController();

  constructor(
    private readonly setting: SessionSetting,
    snapshot: ConnectionSnapshot | undefined,
  ) {
    const { capacity, maxBodyBytes, report } = setting;
    const shutdown = (): void => this.close();
    this.link = new LinkSlot(this.#connect(snapshot));
    this.#outbound = new Outbound<Exchange>(
      {
        link: this.link,
        transmit: (message, exchange, relatedTo) => this.#transmit(message, exchange, relatedTo),
        deliver: (message, exchange) => exchange?.respondLocally(message),
        report,
        shutdown,
      },
      capacity,
    );
    this.#inbound = new Inbound<Exchange, Exchange>(
      {
        link: this.link,
        outbound: this.#outbound,
        deliver: (message, exchange) => this.#deliver(message, exchange),
        wayBack: (exchange, answer) => {
          if (answer.retryOf !== undefined) exchange?.expectRepetition();
          return exchange;
        },
        report,
        shutdown,
      },
      capacity,
    );
    this.#reader = new ResponseReader({
      maxBodyBytes,
      receive: (message, exchange) => new Promise((resolve) => this.#inbound.receive(message, exchange, resolve)),
      abandon: (id) => this.#abandon(id),
      over: (exchange) => this.#end(exchange),
      report,
    });
  }

  get closed(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Signs a message and sends it. Resolves with what the application may see of the response. */
  async post(request: OutgoingRequest, message: JsonObject): Promise<Response> {
    const id = requestIdOf(message);
    const exchange = this.#begin(request, id);
    this.#outbound.send(message, exchange).catch((error: unknown) => exchange.fail(error));
    try {
      return await this.#reader.read(exchange);
    } catch (error) {
      await this.#reader.settle(exchange);
      this.#end(exchange);
      throw error;
    }
  }

  /** Sends a request that has no body, authenticated where there is a session. */
  async ask(request: OutgoingRequest): Promise<Response> {
    const exchange = this.#begin(request, undefined);
    try {
      const headers = await exchange.guard(this.#signedHeaders(request));
      exchange.responded(await this.#send(exchange, { ...request.init, method: request.method, headers }));
      return await this.#reader.readStream(exchange);
    } catch (error) {
      this.#end(exchange);
      throw error;
    }
  }

  /** Ends the connection: what waits is rejected, open streams end. */
  close(): void {
    if (this.closed) return;
    this.#ended.abort();
    const reason = new Error('Connection closed');
    for (const release of this.#releases.splice(0)) release();
    this.#inbound.clear();
    this.link.close();
    this.#outbound.close(reason);
    for (const exchange of this.#exchanges) exchange.fail(reason);
    this.#exchanges.clear();
  }

  #connect(snapshot: ConnectionSnapshot | undefined): Promise<Link> {
    const { options, endpoint, report } = this.setting;
    return openLink('client', options, {
      delivery: 'concurrent',
      carriers: CLIENT_CARRIERS,
      endpoint: options.endpoint ?? endpoint.href,
      snapshot,
      report,
      onCutOff: (actions) => this.#inbound.cutOff(actions),
      onRelease: (release) => {
        if (this.closed) release();
        else this.#releases.push(release);
      },
    });
  }

  #begin(request: OutgoingRequest, id: JsonRpcId | undefined): Exchange {
    request.signal?.throwIfAborted();
    if (this.closed) throw new Error('Connection closed');
    if (this.#exchanges.size >= MAX_EXCHANGES) throw new McpsError('connection_limit');
    const exchange = new Exchange(request, id);
    this.#exchanges.add(exchange);
    return exchange;
  }

  #abandon(id: JsonRpcId): void {
    this.link.made?.connection.abandon(id);
    this.#outbound.settle(id);
  }

  #end(exchange: Exchange): void {
    exchange.finish();
    this.#exchanges.delete(exchange);
  }

  async #transmit(message: JsonObject, way: Exchange | undefined, relatedTo: JsonRpcId | undefined): Promise<void> {
    // What the connection itself has to say goes in a request of its own, for whose answer nobody waits.
    if (relatedTo !== undefined) return this.#refuse(message, way);
    // Given up while it was held.
    if (way === undefined || way.over) return;
    const { request } = way;
    const init = { ...request.init, method: 'POST', headers: withoutLength(request.headers) };
    way.responded(await this.#send(way, { ...init, body: JSON.stringify(message) }));
  }

  async #refuse(refusal: JsonObject, exchange: Exchange | undefined): Promise<void> {
    const { signal } = this.#ended;
    const headers = headersOfAnswer(exchange?.request.headers);
    const init = { ...exchange?.request.init, method: 'POST', headers, body: JSON.stringify(refusal), signal };
    const response = await this.setting.fetch(this.setting.endpoint, { ...init, redirect: 'manual' });
    await response.body?.cancel();
  }

  async #signedHeaders({ method, headers }: OutgoingRequest): Promise<Headers> {
    const { connection } = await this.link.ready;
    const { pathname, search } = this.setting.endpoint;
    const value = await connection.protectRequest({
      verb: method,
      target: `${pathname}${search}`,
      httpSession: headers.get('mcp-session-id') ?? undefined,
      lastEventId: headers.get('last-event-id') ?? undefined,
    });
    const signed = new Headers(headers);
    // None but ours: what the application has set there would be taken for it.
    signed.delete(SESSION_HEADER);
    if (value !== undefined) signed.set(SESSION_HEADER, value);
    return signed;
  }

  /** A signature is for one server: whoever is sent elsewhere by an unsigned answer has not reached it. */
  async #send({ signal }: Exchange, init: RequestInit): Promise<Response> {
    const { fetch, endpoint } = this.setting;
    const response = await fetch(endpoint, {
      ...init,
      redirect: 'manual',
      ...(signal === undefined ? {} : { signal }),
    });
    if (!isRedirect(response)) return response;
    await response.body?.cancel();
    throw new ConfigurationError(
      'option_invalid',
      'The endpoint redirects elsewhere, which is not followed: configure the address that it redirects to.',
    );
  }

  #deliver(message: JsonObject, exchange: Exchange | undefined): void {
    if (exchange !== undefined) return exchange.deliver(message);
    // Of our own making: the peer was cut off.
    for (const each of this.#exchanges) if (each.awaits(message)) each.respondLocally(message);
  }
}

function withoutLength(headers: Headers): Headers {
  const copy = new Headers(headers);
  copy.delete('content-length');
  return copy;
}
