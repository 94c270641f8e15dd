import type { FetchHandler } from './serve.js';

/** What belongs to one connection and not to the message (RFC 9110, section 7.6.1), or is worked out anew by whoever sends. */
const perConnection = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'host',
  'content-length',
];

/**
 * A reverse proxy to one endpoint. Everything but what belongs to the connection is passed on as it is: status, headers, and the body piece by piece; the end of
 * either side ends the other. The name under which the caller reached the hop travels in `X-Forwarded-Host`.
 *
 * @param target the URL of the endpoint; only its origin counts, the path is the caller's
 * @param send how it is reached: plain `fetch`, or one that secures what it sends
 */
export function reverseProxy(target: string, send: typeof fetch = fetch): FetchHandler {
  const { origin } = new URL(target);
  return async (request) => {
    const { pathname, search, host } = new URL(request.url);
    const headers = new Headers(request.headers);
    for (const name of perConnection) headers.delete(name);
    if (!headers.has('x-forwarded-host')) headers.set('x-forwarded-host', host);
    // A compressed answer would be unpacked on its way: it is asked for as it is.
    headers.set('accept-encoding', 'identity');
    // MCP's requests are small: one that is whole can be sent again.
    const body = request.body === null ? null : await request.arrayBuffer();
    const response = await send(`${origin}${pathname}${search}`, {
      method: request.method,
      headers,
      body,
      redirect: 'manual',
      signal: request.signal,
    });
    const passed = new Headers(response.headers);
    for (const name of perConnection) passed.delete(name);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers: passed });
  };
}
