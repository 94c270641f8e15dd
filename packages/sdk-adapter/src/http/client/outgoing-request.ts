import { isObject } from '../../json-object.js';

/** What a `fetch` is called with. */
export type FetchInput = string | URL | Request;

/** A `fetch`: the runtime's own, or one that does more. It is only ever called with a URL. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A call of `fetch`, read. */
export interface OutgoingRequest {
  readonly url: URL;
  /** In capitals. */
  readonly method: string;
  readonly headers: Headers;
  /** The bytes of the body, or its text; `undefined` where there is none, or none that can be read before it is sent. */
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
  /** Everything else that was asked for, such as `credentials` or a `dispatcher`. */
  readonly init: RequestInit;
}

/** Reads a call of `fetch`. What it was called with can be handed on all the same. */
export async function readRequest(input: FetchInput, init: RequestInit = {}): Promise<OutgoingRequest> {
  if (input instanceof Request) {
    const request = new Request(input.clone(), init);
    const body = request.body === null ? undefined : new Uint8Array(await request.clone().arrayBuffer());
    const { url, method, headers, signal } = request;
    return { url: new URL(url), method, headers, body, signal, init };
  }
  return {
    url: new URL(input),
    method: (init.method ?? 'GET').toUpperCase(),
    headers: new Headers(init.headers),
    body: await readable(init.body),
    signal: init.signal ?? undefined,
    init,
  };
}

/** Whether a request is one of the Model Context Protocol, wherever it goes: those of OAuth, which a client sends by the same `fetch`, are not. */
export function isOfMcp({ method, headers, body }: OutgoingRequest): boolean {
  if (method === 'POST') return body !== undefined && holdsJsonRpc(body);
  const accept = headers.get('accept') ?? '';
  return headers.has('mcp-session-id') || accept.toLowerCase().includes('text/event-stream');
}

async function readable(body: RequestInit['body']): Promise<string | Uint8Array | undefined> {
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  return undefined;
}

/** Generous: what some reader could take for a message must not leave unsigned. */
function holdsJsonRpc(body: string | Uint8Array): boolean {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  try {
    const value: unknown = JSON.parse(text);
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return parts.some((part) => isObject(part) && Object.hasOwn(part, 'jsonrpc'));
  } catch {
    return false;
  }
}
