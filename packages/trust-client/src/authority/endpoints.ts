import { ConfigurationError } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { TrustClientError } from '../error.js';
import { parseAuthorityUrl } from '../http/authority-url.js';
import { isStill } from '../timing.js';

/** How long an address that failed is left alone: doubled with every failure in a row. Short, as whoever depends on the answer is refused meanwhile. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

interface Endpoint {
  readonly url: URL;
  failures: number;
  pausedUntilMs: number;
}

export interface EndpointsOptions {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * The addresses of one authority, in the order of preference. One that failed is left alone for a while; while all of them are, nobody waits for any: attempts
 * fail at once.
 */
export class Endpoints {
  readonly #endpoints: readonly Endpoint[];
  readonly #options: EndpointsOptions;

  /** @throws ConfigurationError `option_invalid` */
  constructor(urls: readonly string[], options: EndpointsOptions) {
    const isList: boolean = Array.isArray(urls);
    if (!isList || urls.length > 8)
      throw new ConfigurationError('option_invalid', 'An authority has at most 8 addresses, in a list.');
    this.#endpoints = urls.map((url) => ({ url: parseAuthorityUrl(url), failures: 0, pausedUntilMs: 0 }));
    this.#options = options;
  }

  /**
   * Asks one address after the other until one attempt succeeds. An attempt includes whatever is verified of the answer: an address that gives answers of
   * no use has failed as much as one that gives none.
   *
   * Rejects with what the last attempt rejected with. An authority that refuses the request itself (status 4xx) has answered for all its addresses; an attempt
   * that the caller has ended is nobody's failure.
   */
  async attempt<T>(ask: (url: URL) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const now = this.#options.clock();
    let failure: unknown = new TrustClientError(
      'unreachable',
      'The authority has no address, or has just failed to answer and is left alone.',
    );
    for (const endpoint of this.#endpoints) {
      if (isStill(now, endpoint.pausedUntilMs, LONGEST_PAUSE_MS)) continue;
      try {
        const answer = await ask(endpoint.url);
        endpoint.failures = 0;
        endpoint.pausedUntilMs = 0;
        return answer;
      } catch (error) {
        if (signal?.aborted === true || isRefusal(error)) throw error;
        failure = error;
        this.#fail(endpoint);
      }
    }
    throw failure;
  }

  #fail(endpoint: Endpoint): void {
    const { clock, random } = this.#options;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(endpoint.failures, 20));
    endpoint.failures += 1;
    endpoint.pausedUntilMs = clock() + pauseMs * (0.5 + random() / 2);
  }
}

/** Too many requests (429) is what one address says of itself. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof TrustClientError ? (error.httpStatus ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 429;
}
