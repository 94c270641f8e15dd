import { headersForNewBody, jsonResponse } from '../body/json-response.js';

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Statuses whose responses have no body, and the one by which a client believes that nothing will come. */
const WITHOUT_ANSWER: ReadonlySet<number> = new Set([202, 204, 205]);

/**
 * The same status and headers, which the SDK acts upon, and none of the text: nobody has signed it, and it would reach whoever reads errors, models
 * included.
 */
export function neutralResponse(response: Response): Response {
  const { status } = response;
  const headers = headersForNewBody(response.headers);
  if (status >= 200 && status < 300) {
    headers.delete('content-type');
    return new Response(null, { status, headers });
  }
  headers.set('content-type', PLAIN_TEXT);
  return new Response(`The server answered with HTTP status ${status}, unsigned.`, { status, headers });
}

/** The same response with verified messages for a body. */
export function responseWith(response: Response, messages: unknown): Response {
  const status = WITHOUT_ANSWER.has(response.status) ? 200 : response.status;
  return jsonResponse(messages, status, headersForNewBody(response.headers));
}

/** The same headers, and an event stream for a body. */
export function streamResponse(response: Response, body: ReadableStream<Uint8Array>): Response {
  const headers = headersForNewBody(response.headers);
  headers.set('content-type', 'text/event-stream');
  return new Response(body, { status: response.ok ? response.status : 200, headers });
}

/** Whether a response sends the client elsewhere, or comes from elsewhere already. */
export function isRedirect({ type, status, redirected }: Response): boolean {
  return type === 'opaqueredirect' || redirected || (status >= 300 && status < 400 && status !== 304);
}
