import type { Clock } from '@mcps/protocol';
import { TrustClientError } from '../error.js';
import { fetchBounded } from '../http/bounded-fetch.js';
import type { Fetch } from '../http/bounded-fetch.js';
import { Endpoints } from './endpoints.js';

export interface AuthorityApiOptions {
  readonly urls: readonly string[];
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: () => number;
  /** For one attempt at one address. */
  readonly attemptTimeoutMs: number;
}

/** What was fetched, unless it is what the caller has already. */
export type Fetched<T> =
  { readonly isNew: true; readonly value: T; readonly etag: string | undefined } | { readonly isNew: false };

/** The endpoints of one authority, at whichever of its addresses answers. */
export class AuthorityApi {
  readonly #endpoints = new Map<string, Endpoints>();
  readonly #makeEndpoints: () => Endpoints;
  readonly fetch: Fetch;
  readonly #attemptTimeoutMs: number;
  /** One for each request that is under way: a single signal for all would gather listeners. */
  readonly #running = new Set<AbortController>();
  #isClosed = false;

  /** @throws ConfigurationError `option_invalid` */
  constructor({ urls, fetch, clock, random, attemptTimeoutMs }: AuthorityApiOptions) {
    this.#makeEndpoints = () => new Endpoints(urls, { clock, random });
    this.endpoints('verify');
    this.fetch = fetch;
    this.#attemptTimeoutMs = attemptTimeoutMs;
  }

  /**
   * The addresses, as far as they serve one kind of request, named by the second segment of its path: whoever cannot make lists, or holds streams back, may well
   * answer about single passports.
   */
  endpoints(kind: string): Endpoints {
    const known = this.#endpoints.get(kind);
    if (known !== undefined) return known;
    const endpoints = this.#makeEndpoints();
    this.#endpoints.set(kind, endpoints);
    return endpoints;
  }

  /** Ends all requests that are under way, and all that come. */
  close(): void {
    this.#isClosed = true;
    for (const controller of this.#running) controller.abort();
  }

  /**
   * Fetches what stands at a path, and hands it to whoever can tell what it is worth. Where that throws, the next address is asked.
   *
   * Rejects with `TrustClientError`, or with what `accept` threw last.
   */
  async get<T>(path: string, maxBytes: number, accept: (body: Uint8Array) => Promise<T>): Promise<T> {
    const fetched = await this.getUnlessSame(path, undefined, maxBytes, accept);
    if (fetched.isNew) return fetched.value;
    throw new TrustClientError('http_status', 'The authority compares with what nobody sent.', { httpStatus: 304 });
  }

  /** {@link get}, unless it is what an entity tag of an earlier answer stands for or, where that is accepted, there is nothing (204). */
  async getUnlessSame<T>(
    path: string,
    etag: string | undefined,
    maxBytes: number,
    accept: (body: Uint8Array) => Promise<T>,
    timeoutMs = this.#attemptTimeoutMs,
    acceptsNothing = false,
  ): Promise<Fetched<T>> {
    const controller = new AbortController();
    if (this.#isClosed) controller.abort();
    this.#running.add(controller);
    const { signal } = controller;
    const [, kind = ''] = path.split(/[/?]/);
    const headers = etag === undefined ? {} : { 'if-none-match': etag };
    const common = { fetch: this.fetch, timeoutMs, maxBytes, signal, headers, acceptsNothing };
    try {
      return await this.endpoints(kind).attempt(async (base): Promise<Fetched<T>> => {
        const response = await fetchBounded({ ...common, url: new URL(path, base) });
        if (response.status === 304 || response.status === 204) return { isNew: false };
        const value = await accept(response.body);
        return { isNew: true, value, etag: response.headers.get('etag') ?? undefined };
      }, signal);
    } finally {
      this.#running.delete(controller);
    }
  }
}
