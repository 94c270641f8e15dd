import type { FetchHandler } from './serve.js';

const localNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Against DNS rebinding: a page of another origin that reaches this address under a name of its own is refused. Behind a hop the name that the caller used is in
 * `X-Forwarded-Host`.
 */
export function localOnly(handler: FetchHandler): FetchHandler {
  return async (request, options) => {
    const named = [request.headers.get('host'), request.headers.get('x-forwarded-host')]
      .filter((host) => host !== null)
      .map((host) => `http://${host}`);
    const origin = request.headers.get('origin');
    const isLocal = [...named, ...(origin === null ? [] : [origin])].every(
      (url) => URL.canParse(url) && localNames.includes(new URL(url).hostname),
    );
    return isLocal ? handler(request, options) : new Response('This server is for local use only.', { status: 403 });
  };
}
