import { ConfigurationError, McpsError } from '@mcps/protocol';
import type { ConnectionSnapshot, ConnectionState, JsonObject, PeerIdentity } from '@mcps/protocol';
import { asError } from '../../error.js';
import { isObject, member } from '../../json-object.js';
import { positiveOption } from '../../options/http-options.js';
import type { HttpOptions } from '../../options/http-options.js';
import { queueCapacity } from '../../options/options.js';
import type { SecureOptions } from '../../options/options.js';
import { parseStrictly } from '../body/parse-json.js';
import { DEFAULT_BODY_BYTES } from '../body/read-body.js';
import { ClientSession } from './client-session.js';
import { isOfMcp, readRequest } from './outgoing-request.js';
import type { FetchInput, FetchLike, OutgoingRequest } from './outgoing-request.js';

/** Options of {@link secureFetch}. */
export type SecureFetchOptions = SecureOptions & HttpOptions;

/** A `fetch` that secures the requests of one client to one server. */
export interface SecureFetch {
  (input: FetchInput, init?: RequestInit): Promise<Response>;
  /** Who is at the other end, once a message of theirs has been verified. */
  readonly peer: PeerIdentity | undefined;
  /** Where the secured connection stands. */
  readonly securityState: ConnectionState;
  /** The transcript hash of the MCPS session, lower-case hex. */
  readonly securitySession: string | undefined;
  /** What a later `secureFetch` needs to go on with this session, as its `snapshot` option. */
  snapshot(): ConnectionSnapshot | undefined;
  /** Ends the connection and lets go of what it holds: what waits is rejected, open streams end. Nothing can be sent afterwards. */
  close(): void;
}

/**
 * Secures a client over HTTP: give the result to the transport of the official SDK as its `fetch`, one to each transport. What the client posts to its
 * endpoint is signed, what comes back is verified, in JSON bodies and event streams, and requests without a body are authenticated. Each attempt, also of what
 * the SDK repeats by itself, has a signature of its own; where an attempt failed on the way, whether the server has carried it out is not known.
 *
 * Everything else that the SDK fetches (its OAuth requests) passes untouched. The endpoint is `options.endpoint`, or else where the first message goes. A
 * message to any other address is rejected, and so is everything that is no message to the endpoint. Redirects of the endpoint are not followed.
 *
 * Statuses and headers of responses are kept, since the SDK acts upon them; they are not signed, and can at worst keep a client from getting on. Text that is not
 * signed is replaced. A request that a response leaves without its answer gets an error, with `outcome: 'unknown'`, unless its stream can be resumed.
 *
 * Mistakes in keys, passport or anchors reject the first request, as `ConfigurationError`; refused answers are JSON-RPC errors, as everywhere.
 *
 * @throws ConfigurationError `option_invalid` for a limit that is no positive integer, or an endpoint that is no URL.
 */
export function secureFetch(fetch: FetchLike, options: SecureFetchOptions): SecureFetch {
  const client = new SecuredClient(fetch, options);
  const secured = (input: FetchInput, init?: RequestInit): Promise<Response> => client.fetch(input, init);
  const members = {
    peer: { get: () => client.connection?.peer },
    securityState: { get: () => client.connection?.state ?? 'idle' },
    securitySession: { get: () => client.connection?.session },
    snapshot: { value: () => client.connection?.snapshot() },
    close: { value: () => client.close() },
  };
  return Object.defineProperties(secured, members) as SecureFetch;
}

class SecuredClient {
  readonly #capacity: number;
  readonly #maxBodyBytes: number;
  #endpoint: URL | undefined;
  #session: ClientSession | undefined;
  #snapshot: ConnectionSnapshot | undefined;
  #closed = false;

  constructor(
    private readonly inner: FetchLike,
    private readonly options: SecureFetchOptions,
  ) {
    this.#capacity = queueCapacity(options);
    this.#maxBodyBytes = positiveOption('maxBodyBytes', options.maxBodyBytes, DEFAULT_BODY_BYTES);
    this.#snapshot = options.snapshot;
    if (options.endpoint === undefined) return;
    if (!URL.canParse(options.endpoint)) throw new ConfigurationError('option_invalid', 'endpoint must be a URL.');
    this.#endpoint = new URL(options.endpoint);
  }

  get connection() {
    return this.#session?.link.made?.connection;
  }

  async fetch(input: FetchInput, init: RequestInit | undefined): Promise<Response> {
    const request = await readRequest(input, init);
    const endpoint = this.#endpointOf(request);
    // The inner function is called as it would have been without us.
    if (endpoint === undefined) return this.inner(input as string | URL, init);
    if (this.#closed) throw new Error('Connection closed');
    switch (request.method) {
      case 'POST':
        return this.#post(request, endpoint);
      case 'GET':
        return this.#sessionAt(endpoint).ask(request);
      case 'DELETE':
        return this.#terminate(request, endpoint);
      default:
        throw new ConfigurationError('option_unsupported', 'The endpoint is only sent POST, GET and DELETE requests.');
    }
  }

  close(): void {
    this.#closed = true;
    this.#session?.close();
  }

  /**
   * The endpoint, where the request goes there; `undefined` for a request that is no business of ours. Whatever goes to the endpoint has to be a message, so
   * that only what goes elsewhere is read to find out.
   */
  #endpointOf(request: OutgoingRequest): URL | undefined {
    if (this.#endpoint !== undefined && isSameAddress(request.url, this.#endpoint)) return this.#endpoint;
    if (!isOfMcp(request)) return undefined;
    if (this.#endpoint !== undefined)
      throw new ConfigurationError('option_invalid', 'Messages go to the configured endpoint, and nowhere else.');
    this.#endpoint = request.url;
    return this.#endpoint;
  }

  #post(request: OutgoingRequest, endpoint: URL): Promise<Response> {
    const message = request.body === undefined ? undefined : parseStrictly(request.body, Number.MAX_SAFE_INTEGER);
    // Several messages in one body are of a single, past revision, and no client of today sends them.
    if (!isObject(message)) throw new McpsError('message_not_object');
    return this.#sessionFor(message, endpoint).post(request, message);
  }

  async #terminate(request: OutgoingRequest, endpoint: URL): Promise<Response> {
    const session = this.#sessionAt(endpoint);
    const response = await session.ask(request);
    if (response.ok) session.close();
    return response;
  }

  /** A handshake begins a connection, also where an earlier attempt came to nothing, or the server has forgotten the session. */
  #sessionFor(message: JsonObject, endpoint: URL): ClientSession {
    const method = member(message, 'method');
    const initializes = method === 'initialize';
    const session = this.#session;
    if (initializes && session?.initialized === true) session.close();
    if (session?.closed === true && (initializes || method === 'server/discover')) this.#session = undefined;
    const current = this.#sessionAt(endpoint);
    if (initializes) current.initialized = true;
    return current;
  }

  #sessionAt(endpoint: URL): ClientSession {
    if (this.#session !== undefined) return this.#session;
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    const setting = {
      fetch: this.inner,
      endpoint,
      options: this.options,
      capacity: this.#capacity,
      maxBodyBytes: this.#maxBodyBytes,
      report: (error: Error) => this.#report(error),
    };
    this.#session = new ClientSession(setting, snapshot);
    return this.#session;
  }

  #report(error: Error): void {
    try {
      this.options.onError?.(asError(error, 'A fault of the connection.'));
    } catch {
      // Whoever is told of errors has failed in turn: there is nobody left to tell.
    }
  }
}

/** Fragments never reach a server. */
function isSameAddress(a: URL, b: URL): boolean {
  return a.href.split('#', 1)[0] === b.href.split('#', 1)[0];
}
