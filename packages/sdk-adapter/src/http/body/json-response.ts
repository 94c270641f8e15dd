const JSON_TYPE = 'application/json';
const EVENT_STREAM_TYPE = 'text/event-stream';

/** What a body says it is. */
export type BodyKind = 'json' | 'event-stream' | 'other';

/** Reads the media type of a body, its parameters left aside. */
export function bodyKind(headers: Headers): BodyKind {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case JSON_TYPE:
      return 'json';
    case EVENT_STREAM_TYPE:
      return 'event-stream';
    default:
      return 'other';
  }
}

/** Headers that say nothing of a body that has been replaced. */
const OF_THE_BODY = ['content-length', 'content-encoding', 'content-md5', 'content-digest', 'repr-digest', 'etag'];

/** A copy of headers for another body: what described the old bytes is left out. */
export function headersForNewBody(headers: Headers): Headers {
  const copy = new Headers(headers);
  for (const name of OF_THE_BODY) copy.delete(name);
  return copy;
}

/** A response with a JSON body. */
export function jsonResponse(value: unknown, status = 200, headers?: Headers): Response {
  const all = new Headers(headers);
  all.set('content-type', JSON_TYPE);
  return new Response(JSON.stringify(value), { status, headers: all });
}

/** The same response with another body: status and headers are kept, but for those that described the old bytes. */
export function withBody(response: Response, body: BodyInit | null): Response {
  const { status, statusText } = response;
  return new Response(body, { status, statusText, headers: headersForNewBody(response.headers) });
}
