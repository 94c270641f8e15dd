import type { RequestHandler } from '@mcps/sdk-adapter/http';

/** Headers of requests and answers that belong to one connection (RFC 9110, section 7.6.1) or that are made anew for the next. */
const OF_ONE_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'content-encoding',
  'accept-encoding',
  // Judged here: behind us there is nobody but us.
  'origin',
]);

/**
 * A handler that asks a server over plain HTTP. Redirects are not followed: the server is configured.
 *
 * @param onFault told of what the server could not be asked for; the client gets 502.
 * @param send how it is asked: as it is, or secured.
 */
export function plainUpstream(
  to: URL,
  onFault: (error: Error) => void,
  send: (input: URL, init: RequestInit) => Promise<Response> = fetch,
): RequestHandler {
  return async (request) => {
    try {
      const response = await send(to, {
        method: request.method,
        headers: passedOn(request.headers),
        body: request.method === 'POST' ? await request.arrayBuffer() : null,
        redirect: 'manual',
        signal: request.signal,
      });
      if (response.status >= 300 && response.status < 400) throw new Error('The server points elsewhere.');
      return new Response(response.body, { status: response.status, headers: passedOn(response.headers) });
    } catch (error) {
      if (!request.signal.aborted) onFault(new Error(`The server at ${to.origin} cannot be asked.`, { cause: error }));
      return new Response(null, { status: 502 });
    }
  };
}

function passedOn(headers: Headers): Headers {
  const named = new Set((headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const passed = new Headers();
  for (const [name, value] of headers) {
    if (!OF_ONE_HOP.has(name) && !named.has(name)) passed.append(name, value);
  }
  return passed;
}
