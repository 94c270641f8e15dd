import { TrustClientError } from '../error.js';
import { readBounded } from './read-bounded.js';

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface BoundedRequest {
  readonly url: URL;
  readonly fetch: Fetch;
  /** For everything: connection, headers and the whole body. */
  readonly timeoutMs: number;
  /** Of the body, as it is after any decompression. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether there may be nothing to answer with (204). */
  readonly acceptsNothing?: boolean;
  /** Ends the request from outside. */
  readonly signal?: AbortSignal;
}

export interface BoundedResponse {
  /** 200, or 304 to a request with `if-none-match`, or 204 to one that accepts nothing. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * Fetches JSON from an authority that is not believed yet: no redirect is followed, no cookie sent, and time and size are bounded whatever it does.
 *
 * Rejects with `TrustClientError`: `unreachable`, `timed_out`, `redirected`, `too_large`, `content_type`, `http_status`.
 */
export async function fetchBounded(request: BoundedRequest): Promise<BoundedResponse> {
  const { timeoutMs, maxBytes } = request;
  return inTime(request, timeoutMs, async (signal) => {
    const response = await open(request, 'application/json', signal);
    return { status: response.status, headers: response.headers, body: await readBounded(response, maxBytes) };
  });
}

/** The same without reading the body. Rejects as {@link fetchBounded} does; a response that is refused has been cancelled. */
export async function open(request: BoundedRequest, contentType: string, signal: AbortSignal): Promise<Response> {
  const response = await request.fetch(request.url.href, {
    method: 'GET',
    headers: { accept: contentType, ...request.headers },
    redirect: 'manual',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    signal,
  });
  const fault = faultOf(request, response, contentType);
  if (fault === undefined) return response;
  await response.body?.cancel().catch(() => undefined);
  throw fault;
}

function faultOf(
  { headers, acceptsNothing }: BoundedRequest,
  response: Response,
  contentType: string,
): TrustClientError | undefined {
  const { status } = response;
  const isNotModified = status === 304 && headers?.['if-none-match'] !== undefined;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400 && !isNotModified))
    return new TrustClientError('redirected', 'The authority redirects; nobody is followed.');
  const isNothing = status === 204 && acceptsNothing === true;
  if (isNotModified || isNothing) return undefined;
  if (status !== 200)
    return new TrustClientError('http_status', `The authority answers with status ${status}.`, { httpStatus: status });
  const [essence = ''] = (response.headers.get('content-type') ?? '').split(';');
  if (essence.trim().toLowerCase() === contentType) return undefined;
  return new TrustClientError('content_type', `The authority answers with something else than ${contentType}.`);
}

/** Runs a request that ends at a time limit, or when the caller's signal says so, and tells the one from a connection that broke. */
async function inTime<T>(
  { signal: outer }: BoundedRequest,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    controller.abort();
  }, timeoutMs);
  const end = () => {
    controller.abort();
  };
  outer?.addEventListener('abort', end, { once: true });
  if (outer?.aborted === true) end();
  // A fetch that does not heed its signal must not hold anybody up either.
  const aborted = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    if (controller.signal.aborted) reject(new Error('aborted'));
  });
  try {
    return await Promise.race([run(controller.signal), aborted]);
  } catch (cause) {
    if (cause instanceof TrustClientError && !isLate) throw cause;
    if (isLate) throw new TrustClientError('timed_out', `The authority has not answered within ${timeoutMs} ms.`);
    throw new TrustClientError('unreachable', 'The authority cannot be reached.', { cause });
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', end);
    // Whatever still runs is of no interest to anybody.
    controller.abort();
  }
}
